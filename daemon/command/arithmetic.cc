// incr and decr; with Arcus' three further arguments they make the item when it is not there.
#include "daemon/command/arithmetic.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "daemon/command/line.h"

namespace arcus::daemon {
namespace {

constexpr std::string_view kBlank = " \t\n\v\f\r";
constexpr auto kBlanks = [] {
  std::array<char, kNumberRoom> blanks{};
  blanks.fill(' ');
  return blanks;
}();

using Digits = std::array<char, 20>;

std::string_view digits_of(std::uint64_t number, Digits& digits) {
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return {digits.data(), static_cast<std::size_t>(end - digits.data())};
}

}  // namespace

std::optional<std::uint64_t> number_of(std::string_view value) {
  const auto first = value.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return std::nullopt;
  value.remove_prefix(first);
  std::uint64_t number = 0;
  const char* const end = value.data() + value.size();
  const auto [at, error] = std::from_chars(value.data(), end, number);
  const bool ends = at == end || kBlank.find(*at) != std::string_view::npos;
  if (error != std::errc() || !ends) return std::nullopt;
  return number;
}

StoreResult change_number(Access& item, const Change& change, std::uint64_t& number) {
  if (item->collection != nullptr) return StoreResult::kTypeMismatch;
  // No number is that long.
  if (item->large != nullptr) return StoreResult::kNotNumeric;
  const auto old = number_of(item->value);
  if (!old) return StoreResult::kNotNumeric;
  number = change.subtract ? *old - std::min(*old, change.by) : *old + change.by;

  Digits digits;
  const std::string_view text = digits_of(number, digits);
  const std::size_t old_size = item->value.size();
  const bool same_size = text.size() <= old_size && old_size <= kNumberRoom;
  // The marks are those of an item, and it is the same one as long as its size is.
  return item.put({.value = text,
                   .more = {kBlanks.data(), same_size ? old_size - text.size() : 0},
                   .flags = item->flags,
                   .expires = change.expires.value_or(item->expires),
                   .cas = change.new_cas,
                   .stale = same_size && item->stale,
                   .won = same_size && item->won});
}

StoreResult put_number(Access& item, const NewNumber& number) {
  Digits digits;
  return item.put({.value = digits_of(number.value, digits),
                   .more = {},
                   .flags = number.flags,
                   .expires = number.expires,
                   .cas = number.cas});
}

void count_change(ThreadStats& stats, bool subtract, bool hit) {
  (subtract ? stats.cmd_decr : stats.cmd_incr).add();
  if (subtract) {
    (hit ? stats.decr_hits : stats.decr_misses).add();
  } else {
    (hit ? stats.incr_hits : stats.incr_misses).add();
  }
}

namespace {

std::optional<NewNumber> parse_initial(const Arguments& arguments, Seconds now) {
  const auto flags = parse_u32(arguments[2]);
  const auto exptime = parse_i64(arguments[3]);
  const auto value = parse_u64(arguments[4]);
  if (!flags || !exptime || !value) return std::nullopt;
  return NewNumber{*value, *flags, expiry_of(*exptime, now)};
}

Progress answer(Call& call, StoreResult result, std::uint64_t number, bool noreply) {
  switch (result) {
    case StoreResult::kStored:
      break;
    case StoreResult::kNotFound:
      return say(call, "NOT_FOUND\r\n", noreply);
    case StoreResult::kNotNumeric:
      return say(call, kNotNumber, noreply);
    case StoreResult::kTypeMismatch:
      return say(call, kTypeMismatch, noreply);
    default:
      return say(call, "SERVER_ERROR out of memory\r\n", noreply);
  }
  if (noreply) return Progress::kDone;
  Line line(call.reply);
  line.add_number(number);
  line.add("\r\n");
  return Progress::kDone;
}

Progress change(Call& call, const Request& request, bool subtract) {
  const Arguments arguments(request.arguments);
  const bool plain = arguments.count == 2 || arguments.count == 3;
  if (!plain && arguments.count != 5 && arguments.count != 6) return say(call, kUnknownCommand);
  if (arguments[0].size() > kMaxKey) return say(call, kBadLine, arguments.noreply);
  const auto delta = parse_u64(arguments[1]);
  if (!delta) {
    return say(call, "CLIENT_ERROR invalid numeric delta argument\r\n", arguments.noreply);
  }
  std::optional<NewNumber> initial;
  if (!plain) {
    initial = parse_initial(arguments, call.now);
    if (!initial) return say(call, kBadLine, arguments.noreply);
  }
  const Key key{arguments[0], request.hash};
  Store& store = call.engine.store();
  Access item = initial ? store.access_to_put(key, kNumberRoom, call.now)
                        : store.access_to_change(key, kNumberRoom, call.now);
  count_change(call.stats, subtract, static_cast<bool>(item));
  std::uint64_t number = 0;
  StoreResult result = StoreResult::kNotFound;
  if (item) {
    result = change_number(item, {.by = *delta, .subtract = subtract}, number);
  } else if (initial) {
    result = put_number(item, *initial);
    number = initial->value;
  }
  item.unlock();
  return answer(call, result, number, arguments.noreply);
}

}  // namespace

Progress command_incr(Call& call, const Request& request) {
  return change(call, request, false);
}
Progress command_decr(Call& call, const Request& request) {
  return change(call, request, true);
}

}  // namespace arcus::daemon
