// Sizes of keys and values that a made-up trace can have, by name. A key's value has the same size
// every time it is stored.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace arcus::bench::misses {

struct Sizes {
  std::string name;
  std::uint32_t key = 0;
  std::uint32_t value_least = 0;
  std::uint32_t value_greatest = 0;
  bool logarithmic = false;  // as many of 16..32 bytes as of 2048..4096

  std::uint32_t value_of(std::uint64_t key_id) const;
};

const std::vector<Sizes>& all_sizes();
const Sizes* find_sizes(std::string_view name);

// How many items of these sizes memcached 1.6 keeps in so many megabytes, once all its memory is in
// the slab classes they need: the measure for how many keys a trace has.
std::uint64_t memcached_keeps(const Sizes& sizes, std::uint64_t megabytes);

}  // namespace arcus::bench::misses
