#include <algorithm>
#include <iterator>

#include "daemon/command/command.h"

namespace arcus::daemon {
namespace {

// Sorted by verb.
constexpr Command kCommands[] = {
    {"add", command_add},
    {"append", command_append},
    {"cache_memlimit", command_cache_memlimit},
    {"cas", command_cas},
    {"config", command_config},
    {"decr", command_decr},
    {"delete", command_delete},
    {"flush_all", command_flush_all},
    {"gat", command_gat},
    {"gats", command_gats},
    {"get", command_get},
    {"gets", command_gets},
    {"incr", command_incr},
    {"prepend", command_prepend},
    {"quit", command_quit},
    {"ready", command_ready},
    {"replace", command_replace},
    {"set", command_set},
    {"shutdown", command_shutdown},
    {"stats", command_stats},
    {"touch", command_touch},
    {"verbosity", command_verbosity},
    {"version", command_version},
    {"zkensemble", command_zkensemble},
};

constexpr bool before(const Command& a, const Command& b) {
  return a.verb < b.verb;
}
static_assert(std::is_sorted(std::begin(kCommands), std::end(kCommands), before));

}  // namespace

const Command* find_command(std::string_view verb) {
  const auto* found =
      std::lower_bound(std::begin(kCommands), std::end(kCommands), Command{verb, nullptr}, before);
  return found != std::end(kCommands) && found->verb == verb ? found : nullptr;
}

}  // namespace arcus::daemon
