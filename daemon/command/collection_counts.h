// Which counters a subcommand of the collections has, and what of its answer is counted.
#pragma once

#include <string_view>

#include "daemon/command/engine.h"

namespace arcus::daemon {

struct SubcommandCounts {
  using Counted = Counter ThreadStats::*;
  Counted commands;
  Counted hits;               // it did it; of those that look for elements: there were some
  Counted nothing = nullptr;  // the key was there, but no element
  Counted misses = nullptr;   // nor the key, or it was not to be read
};

// By type and command: counts::bop_get.
namespace counts {
#define OKS(type, command)                          \
  inline constexpr SubcommandCounts type##_##command{ \
      &ThreadStats::cmd_##type##_##command, &ThreadStats::type##_##command##_oks};
#define HITS(type, command)                           \
  inline constexpr SubcommandCounts type##_##command{   \
      &ThreadStats::cmd_##type##_##command, &ThreadStats::type##_##command##_hits, nullptr, \
      &ThreadStats::type##_##command##_misses};
#define ELEMENTS(type, command)                                                     \
  inline constexpr SubcommandCounts type##_##command{                               \
      &ThreadStats::cmd_##type##_##command, &ThreadStats::type##_##command##_elem_hits, \
      &ThreadStats::type##_##command##_none_hits, &ThreadStats::type##_##command##_misses};
#include "daemon/collection_stats.def"
#undef OKS
#undef HITS
#undef ELEMENTS
}  // namespace counts

enum class Outcome {
  kUnheard,  // no command at all, or one without its value
  kRefused,
  kHit,
  kNothing,
  kMiss,
};
Outcome outcome_of(std::string_view answer);
void count(ThreadStats& stats, const SubcommandCounts& counts, Outcome outcome);

}  // namespace arcus::daemon
