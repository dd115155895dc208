// cmdlog filter: what of the requests goes into the command log.
#include <optional>
#include <string>

#include "daemon/command/command.h"
#include "daemon/command/pattern.h"
#include "daemon/command/watching.h"

namespace arcus::daemon {
namespace {

constexpr std::string_view kInvalid = "CLIENT_ERROR invalid parameters\r\n";
constexpr std::size_t kMostCommand = 16;

// command <cmd> [subcmd], key <key>, or both. Only commands of collections have subcommands.
std::optional<CommandFilter> parse_filter(Words words) {
  CommandFilter filter;
  std::string_view word = words.next();
  if (word == "command") {
    const std::string_view verb = words.next();
    const Command* const command = find_command(verb);
    if (verb.empty() || verb.size() > kMostCommand) return std::nullopt;
    filter.command = verb;
    word = words.next();
    if (!word.empty() && word != "key") {
      const bool has_subcommands = command != nullptr && command->shape == Shape::kCollection;
      if (!has_subcommands || word.size() > kMostCommand) return std::nullopt;
      filter.command += " " + std::string(word);
      word = words.next();
    }
  }
  if (word == "key") {
    filter.key = words.next();
    if (!is_pattern(filter.key, CommandFilters::kMostKey)) return std::nullopt;
    word = words.next();
  }
  const bool says_something = !filter.command.empty() || !filter.key.empty();
  return word.empty() && says_something ? std::optional(std::move(filter)) : std::nullopt;
}

Progress remove_filter(Call& call, CommandFilters& filters, std::string_view which) {
  if (which == "all") {
    filters.clear();
    return say(call, "OK\r\n");
  }
  const auto index = parse_u32(which);
  return say(call, index && filters.remove(*index) ? "OK\r\n" : kInvalid);
}

}  // namespace

Progress filter_command_log(Call& call, Words words) {
  CommandFilters& filters = call.engine.command_log().filters();
  const std::string_view what = words.next();
  if (what == "list") return say(call, filters.list_text());
  if (what == "remove") return remove_filter(call, filters, words.next());
  if (what != "add") return say(call, kInvalid);
  auto filter = parse_filter(words);
  if (!filter) return say(call, kInvalid);
  const bool added = filters.add(std::move(*filter));
  return say(call, added ? "OK\r\n" : "SERVER_ERROR filter list is full\r\n");
}

}  // namespace arcus::daemon
