// set, add, replace, append, prepend, cas: a line, then a value. A value that came together with
// its line goes from the read buffer straight into the store.
#include <optional>

#include "daemon/command/storing.h"

namespace arcus::daemon {
namespace {

struct Header {
  Order order;
  std::size_t size = 0;
  bool noreply = false;
};

std::optional<Header> parse_header(Call& call, const Arguments& arguments, std::uint64_t hash,
                                   StoreMode mode) {
  const auto flags = parse_u32(arguments[1]);
  const auto exptime = parse_i64(arguments[2]);
  const auto size = parse_i64(arguments[3]);
  if (arguments[0].size() > kMaxKey || !flags || !exptime || !size) return std::nullopt;
  if (*size < 0 || *size > kMostBytes) return std::nullopt;
  Header header;
  header.order.mode = mode;
  header.order.key = {arguments[0], hash};
  header.order.flags = *flags;
  header.order.expires = expiry_of(*exptime, call.now);
  header.size = static_cast<std::size_t>(*size);
  header.noreply = arguments.noreply;
  if (mode == StoreMode::kCas) {
    const auto cas = parse_u64(arguments[4]);
    if (!cas) return std::nullopt;
    header.order.cas = *cas;
  }
  return header;
}

std::string_view answer_of(StoreResult result) {
  switch (result) {
    case StoreResult::kStored:
      return "STORED\r\n";
    case StoreResult::kNotStored:
      return "NOT_STORED\r\n";
    case StoreResult::kExists:
      return "EXISTS\r\n";
    case StoreResult::kNotFound:
      return "NOT_FOUND\r\n";
    case StoreResult::kTooLarge:
      return kTooLarge;
    case StoreResult::kTypeMismatch:
      return kTypeMismatch;
    default:
      return kOutOfMemory;
  }
}

Progress answer(Call& call, const Header& header, StoreResult result) {
  const bool failed = result == StoreResult::kTooLarge || result == StoreResult::kNoMemory;
  if (failed && header.order.mode == StoreMode::kSet) remove_unreplaced(call, header.order.key);
  return say(call, answer_of(result), header.noreply);
}

Progress finish(Call& call, const Header& header, Received value) {
  if (!value.whole()) return say(call, kBadChunk, header.noreply);
  return answer(call, header, carry_out(call, header.order, value, false).result);
}

Progress value_arrived(Call& call) {
  auto& state = call.session.remembered<Receiving>();
  // It was parsed before, so it can be again.
  const auto header = parse_header(call, Arguments(state.arguments), state.hash,
                                   static_cast<StoreMode>(state.mode));
  return finish(call, *header, state.take());
}

// Refused before the value was seen.
Progress refuse(Call& call, const Request& request, const Header& header, StoreResult result) {
  const bool too_large = result == StoreResult::kTooLarge;
  (too_large ? call.stats.store_too_large : call.stats.store_no_memory).add();
  answer(call, header, result);
  return swallow(call, request, header.size);
}

Progress store_value(Call& call, const Request& request, StoreMode mode) {
  const Arguments arguments(request.arguments);
  const std::size_t wanted = mode == StoreMode::kCas ? 5 : 4;
  if (arguments.count != wanted && arguments.count != wanted + 1) {
    return say(call, kUnknownCommand);
  }
  const auto header = parse_header(call, arguments, request.hash, mode);
  if (!header) return say(call, kBadLine, arguments.noreply);
  if (header->size + 2 > call.engine.store().value_limit()) {
    return refuse(call, request, *header, StoreResult::kTooLarge);
  }
  if (request.has_body) return finish(call, *header, {call.take_body(request), {}});
  if (!receive(call, request, header->size, static_cast<int>(mode), value_arrived)) {
    return refuse(call, request, *header, StoreResult::kNoMemory);
  }
  return Progress::kNeedBody;
}

}  // namespace

Progress command_set(Call& call, const Request& request) {
  return store_value(call, request, StoreMode::kSet);
}
Progress command_add(Call& call, const Request& request) {
  return store_value(call, request, StoreMode::kAdd);
}
Progress command_replace(Call& call, const Request& request) {
  return store_value(call, request, StoreMode::kReplace);
}
Progress command_append(Call& call, const Request& request) {
  return store_value(call, request, StoreMode::kAppend);
}
Progress command_prepend(Call& call, const Request& request) {
  return store_value(call, request, StoreMode::kPrepend);
}
Progress command_cas(Call& call, const Request& request) {
  return store_value(call, request, StoreMode::kCas);
}

}  // namespace arcus::daemon
