// ma: incr and decr with flags.
#include <array>
#include <charconv>
#include <string>

#include "daemon/command/arithmetic.h"
#include "daemon/command/meta_flags.h"

namespace arcus::daemon {
namespace {

// What is told of the item after the change.
struct Outcome {
  StoreResult result = StoreResult::kNotFound;
  std::uint64_t number = 0;
  std::uint64_t cas = 0;
  bool created = false;
  Seconds old_expires = kNever;
};

bool subtracts(const MetaRequest& meta) {
  return meta.mode == 'D' || meta.mode == '-';
}

StoreResult change(Access& item, const MetaRequest& meta, std::uint64_t& number) {
  if (item->value.empty()) return StoreResult::kNotNumeric;  // a collection's is, too
  if (meta.cas != 0 && item.cas() != meta.cas) return StoreResult::kExists;
  Change change{
      .by = meta.delta, .subtract = subtracts(meta), .new_cas = meta.new_cas, .expires = {}};
  if (meta.has('T')) change.expires = meta.expires;
  return change_number(item, change, number);
}

Outcome carry_out(Call& call, const MetaRequest& meta) {
  Store& store = call.engine.store();
  Access item = meta.has('N') ? store.access_to_put(meta.key(), kNumberRoom, call.now)
                              : store.access_to_change(meta.key(), kNumberRoom, call.now);
  count_change(call.stats, subtracts(meta), static_cast<bool>(item));
  Outcome outcome;
  if (item) {
    outcome.old_expires = item->expires;
    outcome.result = change(item, meta, outcome.number);
  } else if (meta.has('N')) {
    outcome.created = true;
    outcome.number = meta.initial;
    outcome.result = put_number(
        item,
        {.value = meta.initial, .expires = meta.expires_after(kNever, true), .cas = meta.new_cas});
  }
  if (outcome.result == StoreResult::kStored && meta.has('c')) outcome.cas = item.cas();
  return outcome;
}

void add_flags(Line& line, const MetaRequest& meta, const Outcome& outcome, Seconds now) {
  Seconds expires = outcome.old_expires;
  for (const std::string_view flag : meta) {
    expires = meta.expires_after(flag, expires, outcome.created);
    switch (flag[0]) {
      case 't':
        add_time_left(line, expires, now);
        break;
      case 'c':
        line.add(" c");
        line.add_number(outcome.cas);
        break;
      default:
        meta.echo(line, flag);
    }
  }
  line.add("\r\n");
}

Progress answer(Call& call, const MetaRequest& meta, const Outcome& outcome) {
  if (meta.has('q')) return Progress::kDone;
  const std::string number = std::to_string(outcome.number);
  Line line(call.reply);
  if (meta.has('v')) {
    line.add("VA ");
    line.add_number(number.size());
  } else {
    line.add("HD");
  }
  add_flags(line, meta, outcome, call.now);
  if (meta.has('v')) {
    line.add(number);
    line.add("\r\n");
  }
  return Progress::kDone;
}

Progress refuse(Call& call, const MetaRequest& meta, std::string_view code) {
  Line line(call.reply);
  line.add(code);
  meta.echo_all(line);
  line.add("\r\n");
  return Progress::kDone;
}

}  // namespace

Progress command_ma(Call& call, const Request& request) {
  const MetaRequest meta(call.engine.store(), request, 0, call.now);
  if (meta.words() == 0) return say(call, kUnknownCommand);
  if (meta.key_too_long()) return say(call, kBadLine);
  if (meta.too_many()) return say(call, kTooManyFlags);
  if (!meta.error().empty()) return say(call, kWrongFlag);
  if (meta.mode != 0 && std::string_view("I+D-").find(meta.mode) == std::string_view::npos) {
    return say(call, "CLIENT_ERROR invalid mode for ma M token\r\n");
  }
  if (meta.opaque_too_long()) return say(call, kOpaqueTooLong);

  const Outcome outcome = carry_out(call, meta);
  switch (outcome.result) {
    case StoreResult::kStored:
      return answer(call, meta, outcome);
    case StoreResult::kNotFound:
      return refuse(call, meta, "NF");
    case StoreResult::kExists:
      return refuse(call, meta, "EX");
    case StoreResult::kNotNumeric:
    case StoreResult::kTypeMismatch:
      return say(call, kNotNumber);
    default:
      return say(call, "SERVER_ERROR out of memory\r\n");
  }
}

}  // namespace arcus::daemon
