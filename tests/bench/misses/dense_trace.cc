#include "tests/bench/misses/dense_trace.h"

#include <unordered_map>

namespace arcus::bench::misses {

DenseTrace read_all(Trace& trace) {
  DenseTrace all;
  std::unordered_map<std::uint64_t, std::uint32_t> number_of;
  for (Request request; trace.next(request);) {
    const auto [at, fresh] =
        number_of.try_emplace(request.key, static_cast<std::uint32_t>(all.bytes.size()));
    if (fresh) all.bytes.push_back(request.key_size + request.value_size);
    all.requests.push_back(at->second);
  }
  return all;
}

}  // namespace arcus::bench::misses
