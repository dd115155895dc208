// incr and decr; with Arcus' three further arguments they make the item when it is not there.
#include <optional>
#include <string>
#include <utility>

#include "daemon/command/command.h"

namespace arcus::daemon {
namespace {

struct Initial {
  std::uint32_t flags = 0;
  std::int64_t exptime = 0;
  std::uint64_t value = 0;
};

std::optional<Initial> parse_initial(const Arguments& arguments) {
  const auto flags = parse_u32(arguments[2]);
  const auto exptime = parse_i64(arguments[3]);
  const auto value = parse_u64(arguments[4]);
  if (!flags || !exptime || !value) return std::nullopt;
  return Initial{*flags, *exptime, *value};
}

// kNotStored: somebody else has just made it, so that there is something to add to.
StoreResult create(Call& call, std::string_view key, const Initial& initial) {
  const std::string digits = std::to_string(initial.value) + "\r\n";
  const ItemSpec spec{key, initial.flags, expiry_of(initial.exptime, call.now), digits.size() - 2};
  auto [result, item] = call.engine.store().allocate(spec, call.now);
  if (result != StoreResult::kStored) return result;
  digits.copy(item->value_data(), digits.size());
  return call.engine.store().store(StoreMode::kAdd, std::move(item), 0, call.now);
}

std::string answer_of(StoreResult result, std::uint64_t value) {
  switch (result) {
    case StoreResult::kStored:
      return std::to_string(value) + "\r\n";
    case StoreResult::kNotFound:
      return "NOT_FOUND\r\n";
    case StoreResult::kNotNumeric:
      return "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n";
    default:
      return "SERVER_ERROR out of memory\r\n";
  }
}

void count(ThreadStats& stats, bool subtract, bool hit) {
  (subtract ? stats.cmd_decr : stats.cmd_incr).add();
  if (subtract) {
    (hit ? stats.decr_hits : stats.decr_misses).add();
  } else {
    (hit ? stats.incr_hits : stats.incr_misses).add();
  }
}

Progress add(Call& call, const Request& request, bool subtract) {
  const Arguments arguments(request.arguments);
  const std::size_t words = arguments.count - (arguments.noreply ? 1 : 0);
  if (words != 2 && words != 5) return say(call, kUnknownCommand);
  const std::string_view key = arguments[0];
  if (key.size() > kMaxKey) return say(call, kBadLine, arguments.noreply);
  const auto delta = parse_u64(arguments[1]);
  if (!delta) {
    return say(call, "CLIENT_ERROR invalid numeric delta argument\r\n", arguments.noreply);
  }
  std::optional<Initial> initial;
  if (words == 5) {
    initial = parse_initial(arguments);
    if (!initial) return say(call, kBadLine, arguments.noreply);
  }
  while (true) {
    const auto [result, value] = call.engine.store().add(key, *delta, subtract, call.now);
    if (result == StoreResult::kNotFound && initial) {
      const StoreResult created = create(call, key, *initial);
      if (created == StoreResult::kNotStored) continue;
      count(call.stats, subtract, false);
      return say(call, answer_of(created, initial->value), arguments.noreply);
    }
    count(call.stats, subtract, result != StoreResult::kNotFound);
    return say(call, answer_of(result, value), arguments.noreply);
  }
}

}  // namespace

Progress command_incr(Call& call, const Request& request) {
  return add(call, request, false);
}
Progress command_decr(Call& call, const Request& request) {
  return add(call, request, true);
}

}  // namespace arcus::daemon
