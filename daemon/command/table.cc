#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "daemon/command/command.h"

namespace arcus::daemon {
namespace {

// Sorted by verb.
constexpr Command kCommands[] = {
    {"add", command_add, Shape::kValue},
    {"append", command_append, Shape::kValue},
    {"cache_memlimit", command_cache_memlimit},
    {"cas", command_cas, Shape::kValue},
    {"config", command_config},
    {"decr", command_decr, Shape::kKey},
    {"delete", command_delete, Shape::kKey},
    {"flush_all", command_flush_all},
    {"gat", command_gat},
    {"gats", command_gats},
    {"get", command_get, Shape::kKeyList},
    {"gets", command_gets, Shape::kKeyList},
    {"incr", command_incr, Shape::kKey},
    {"lru_crawler", command_lru_crawler},
    {"ma", command_ma, Shape::kKey},
    {"md", command_md, Shape::kKey},
    {"me", command_me, Shape::kKey},
    {"mg", command_mg, Shape::kKey},
    {"mn", command_mn},
    {"ms", command_ms, Shape::kMetaValue},
    {"prepend", command_prepend, Shape::kValue},
    {"quit", command_quit},
    {"ready", command_ready},
    {"replace", command_replace, Shape::kValue},
    {"set", command_set, Shape::kValue},
    {"shutdown", command_shutdown},
    {"stats", command_stats},
    {"touch", command_touch, Shape::kKey},
    {"verbosity", command_verbosity},
    {"version", command_version},
    {"zkensemble", command_zkensemble},
};

constexpr bool before(const Command& a, const Command& b) {
  return a.verb < b.verb;
}
static_assert(std::is_sorted(std::begin(kCommands), std::end(kCommands), before));

// Where the verbs with each first letter begin; those of the next letter begin where they end.
constexpr auto kFirst = [] {
  std::array<std::uint8_t, 'z' - 'a' + 2> first{};
  for (std::size_t letter = 0; letter < first.size(); ++letter) {
    std::size_t at = 0;
    while (at < std::size(kCommands) &&
           kCommands[at].verb[0] < static_cast<char>('a' + static_cast<int>(letter))) {
      ++at;
    }
    first[letter] = static_cast<std::uint8_t>(at);
  }
  return first;
}();

}  // namespace

const Command* find_command(std::string_view verb) {
  if (verb.empty() || verb[0] < 'a' || verb[0] > 'z') return nullptr;
  const auto letter = static_cast<std::size_t>(verb[0] - 'a');
  for (std::size_t at = kFirst[letter]; at < kFirst[letter + 1]; ++at) {
    if (kCommands[at].verb == verb) return &kCommands[at];
  }
  return nullptr;
}

}  // namespace arcus::daemon
