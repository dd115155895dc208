#include "tests/bench/misses/trace.h"

#include <cstring>

#include "tests/bench/load/random.h"

namespace arcus::bench::misses {

void write_key(const Request& request, char* to) {
  static constexpr char kDigits[] =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
  // Mixed, so that a server's hash of neighbouring keys has no easy time.
  std::uint64_t rest = mix(request.key);
  for (std::uint32_t i = 0; i < kLeastKeySize; ++i, rest >>= 6) to[i] = kDigits[rest & 63];
  std::memset(to + kLeastKeySize, '.', request.key_size - kLeastKeySize);
}

}  // namespace arcus::bench::misses
