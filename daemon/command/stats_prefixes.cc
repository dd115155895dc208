// stats prefixes, prefixlist, detail: what the store holds of each prefix, and what was asked of it.
#include <string>
#include <vector>

#include "daemon/command/prefix.h"
#include "daemon/command/prefix_counts.h"
#include "daemon/command/stats.h"
#include "daemon/command/times.h"

namespace arcus::daemon {
namespace {

constexpr std::string_view kTooMany = "CLIENT_ERROR invalid: too many prefixes\r\n";

struct Counting : Remembered {
  explicit Counting(PrefixCounts begun) : counts(std::move(begun)) {}
  PrefixCounts counts;
  std::vector<std::string> order;  // what was asked for; empty: everything
};

void add_line(Reply& reply, std::string_view prefix, const PrefixCount& count) {
  constexpr std::string_view kTypes = "klsmb";
  Line line(reply);
  line.add("PREFIX ");
  line.add(prefix.empty() ? kNullPrefix : prefix);
  line.add(" itm ");
  line.add_number(count.all_items());
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    line.add(' ');
    line.add(kTypes[i]);
    line.add("itm ");
    line.add_number(count.items[i]);
  }
  line.add(" tsz ");
  line.add_number(count.all_bytes());
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    line.add(' ');
    line.add(kTypes[i]);
    line.add("tsz ");
    line.add_number(count.bytes[i]);
  }
  line.add(" time ");
  line.add(compact_time(count.oldest));
  line.add("\r\n");
}

Progress count_more(Call& call) {
  auto& state = call.session.remembered<Counting>();
  if (state.counts.count_some(call.engine, call.now)) return call.session.yield(count_more);
  if (state.counts.too_many()) return say(call, kTooMany);
  const PrefixCounts::Map& counts = state.counts.counts();
  if (state.order.empty()) {
    for (const auto& [prefix, count] : counts) add_line(call.reply, prefix, count);
  }
  for (const auto& prefix : state.order) {
    const auto at = counts.find(prefix);
    if (at->second.all_items() > 0) add_line(call.reply, prefix, at->second);
  }
  return end_stats(call);
}

Progress count_wanted(Call& call, Words words) {
  PrefixCounts::Map wanted;
  std::vector<std::string> order;
  for (auto word = words.next(); !word.empty(); word = words.next()) {
    order.emplace_back(named_prefix(word));
    wanted.try_emplace(order.back());
  }
  if (order.empty()) return stats_prefixes(call);
  call.session.remember<Counting>(PrefixCounts(std::move(wanted))).order = std::move(order);
  return count_more(call);
}

Progress dump_detail(Call& call) {
  PrefixDetail& detail = call.engine.detail();
  if (detail.prefixes() > call.engine.settings().max_stats_prefixes) return say(call, kTooMany);
  call.reply.add(detail.all_lines());
  return end_stats(call);
}

}  // namespace

Progress stats_prefixes(Call& call) {
  call.session.remember<Counting>(PrefixCounts(call.engine.settings().max_stats_prefixes));
  return count_more(call);
}

Progress stats_prefixlist(Call& call, Words words) {
  const std::string_view what = words.next();
  if (what.empty()) {
    return say(call, "CLIENT_ERROR subcommand(item|operation) is required\r\n");
  }
  if (what == "item") return count_wanted(call, words);
  if (what != "operation") return say(call, kBadLine);
  std::string_view word = words.next();
  if (word.empty()) return dump_detail(call);
  for (; !word.empty(); word = words.next()) {
    call.reply.add(call.engine.detail().line(named_prefix(word)));
  }
  return end_stats(call);
}

Progress stats_detail(Call& call, Words words) {
  const std::string_view what = words.next();
  if (what == "dump") return dump_detail(call);
  if (what != "on" && what != "off") {
    return say(call, "CLIENT_ERROR usage: stats detail on|off|dump\r\n");
  }
  call.attention = call.engine.set_attention(Engine::kDetail, what == "on");
  return say(call, "OK\r\n");
}

}  // namespace arcus::daemon
