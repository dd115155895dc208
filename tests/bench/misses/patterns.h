// Made-up traces. Each pattern is a known way in which caches are used or get into trouble; how
// many keys it has and how long it is follows from how many items memcached would keep, so that a
// pattern stays the same test whatever the memory and the sizes. The same options make the same
// trace.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/misses/sizes.h"
#include "tests/bench/misses/trace.h"

namespace arcus::bench::misses {

struct PatternOptions {
  std::uint64_t keeps = 0;     // items that memcached keeps: above 0, below 2^29
  std::uint64_t requests = 0;  // length of the trace
  std::uint64_t seed = 1;
  Sizes sizes;
};

struct Pattern {
  std::string name;
  std::string summary;
  std::unique_ptr<Trace> (*make)(const PatternOptions& options);
};

const std::vector<Pattern>& all_patterns();
const Pattern* find_pattern(std::string_view name);

}  // namespace arcus::bench::misses
