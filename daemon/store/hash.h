// The hash of a key: its low bits choose the shard, the others the bucket. Seeded once a process,
// so that nobody outside can aim keys at one bucket. Pure; any thread.
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

inline std::uint64_t load(const char* from, std::size_t size) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, size);
  return word;
}

}  // namespace hash_detail

inline std::uint32_t hash_key(std::string_view key, std::uint64_t seed) {
  constexpr std::uint64_t kOdd1 = 0xd1b54a32d192ed03;
  constexpr std::uint64_t kOdd2 = 0xaef17502108ef2d9;
  const char* at = key.data();
  std::size_t left = key.size();
  std::uint64_t state = seed ^ (key.size() * kOdd1);
  for (; left > 8; left -= 8, at += 8) {
    state = hash_detail::fold(state ^ hash_detail::load(at, 8), kOdd1 ^ seed);
  }
  state = hash_detail::fold(state ^ hash_detail::load(at, left), kOdd2);
  state = hash_detail::fold(state ^ kOdd1, kOdd2 ^ seed);
  return static_cast<std::uint32_t>(state ^ (state >> 32));
}

}  // namespace arcus::daemon
