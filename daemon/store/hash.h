// The hash of a key, 64 bits: the lowest choose the shard, the next ones the bucket, the highest
// are the tag in the bucket. Seeded once a process, so that nobody outside can aim keys at one
// bucket. The mixing step is that of wyhash (Wang Yi): a 64 by 64 bit product, folded. Pure; any
// thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace arcus::daemon {

namespace hash_detail {

inline std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline std::uint64_t load8(const char* from) {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

inline std::uint64_t load4(const char* from) {
  std::uint32_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

}  // namespace hash_detail

inline std::uint64_t hash_key(std::string_view key, std::uint64_t seed) {
  using hash_detail::fold;
  using hash_detail::load4;
  using hash_detail::load8;
  constexpr std::uint64_t kOdd1 = 0xd1b54a32d192ed03;
  constexpr std::uint64_t kOdd2 = 0xaef17502108ef2d9;
  constexpr std::uint64_t kOdd3 = 0x9e3779b97f4a7c15;
  const char* at = key.data();
  std::size_t left = key.size();
  std::uint64_t state = seed ^ (key.size() * kOdd1);
  for (; left > 16; left -= 16, at += 16) {
    state = fold(load8(at) ^ kOdd1 ^ state, load8(at + 8) ^ kOdd2);
  }
  // The last 16 bytes at most, in two words that may overlap.
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (left >= 8) {
    first = load8(at);
    last = load8(at + left - 8);
  } else if (left >= 4) {
    first = load4(at);
    last = load4(at + left - 4);
  } else if (left > 0) {
    const auto byte = [at](std::size_t i) {
      return static_cast<std::uint64_t>(static_cast<unsigned char>(at[i]));
    };
    first = byte(0) << 16 | byte(left / 2) << 8 | byte(left - 1);
  }
  state = fold(first ^ kOdd2 ^ state, last ^ kOdd3 ^ seed);
  return fold(state ^ kOdd1, kOdd3 ^ seed);
}

}  // namespace arcus::daemon
