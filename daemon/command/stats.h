// The lines of `stats`, and its forms by file.
#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/command/command.h"
#include "daemon/command/line.h"

namespace arcus::daemon {

void add_stat(Reply& reply, std::string_view name, std::string_view value);
void add_stat(Reply& reply, std::string_view name, std::uint64_t value);
inline Progress end_stats(Call& call) {
  return say(call, "END\r\n");
}

Progress stats_general(Call& call);
Progress stats_settings(Call& call);
Progress stats_items(Call& call);
Progress stats_slabs(Call& call);
Progress stats_sizes(Call& call);
Progress stats_sizes_enable(Call& call);
Progress stats_sizes_disable(Call& call);
Progress stats_conns(Call& call);
Progress stats_prefixes(Call& call);
Progress stats_dump(Call& call);
Progress stats_scrub(Call& call);
// With the words after their name.
Progress stats_prefixlist(Call& call, Words words);
Progress stats_detail(Call& call, Words words);
Progress stats_cachedump(Call& call, Words words);

}  // namespace arcus::daemon
