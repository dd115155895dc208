// set, add, replace, append, prepend, cas: a line, then a value. A value that came together with
// its line goes from the read buffer straight into the store.
#include "daemon/command/storing.h"

namespace arcus::daemon {
namespace {

struct Header {
  Order order;
  std::size_t size = 0;
  bool noreply = false;
};

// The rest of a header that has its key and mode; false when the line is not what it should be.
bool read_header(Call& call, const ValueLine& line, Header& header) {
  Order& order = header.order;
  if (!line.good || order.key.text.size() > kMaxKey) return false;
  if (line.size < 0 || line.size > kMostBytes) return false;
  Words words(line.rest);
  if (order.mode == StoreMode::kCas && !words.next(order.cas)) return false;
  order.flags = line.flags;
  order.expires = expiry_of(line.exptime, call.now);
  header.size = static_cast<std::size_t>(line.size);
  const std::string_view last = words.next();
  if (last.empty()) return true;
  header.noreply = last == "noreply";
  return words.next().empty();
}

// What is wrong with the line.
Progress complain(Call& call, const Request& request, StoreMode mode) {
  const Arguments arguments(request.arguments);
  const std::size_t wanted = mode == StoreMode::kCas ? 5 : 4;
  if (arguments.count != wanted && arguments.count != wanted + 1) {
    return say(call, kUnknownCommand);
  }
  return say(call, kBadLine, arguments.noreply);
}

// Of one that is not stored.
std::string_view answer_of(StoreResult result) {
  switch (result) {
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
  if (result == StoreResult::kStored) return say(call, "STORED\r\n", header.noreply);
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
  // It was read before, so it can be again.
  Words words(state.arguments);
  Header header;
  header.order.mode = static_cast<StoreMode>(state.mode);
  header.order.key = {words.next(), state.hash};
  ValueLine line;
  line.read(words);
  read_header(call, line, header);
  return finish(call, header, state.take());
}

// Refused before the value was seen.
Progress refuse(Call& call, const Request& request, const Header& header, StoreResult result) {
  const bool too_large = result == StoreResult::kTooLarge;
  (too_large ? call.stats.store_too_large : call.stats.store_no_memory).add();
  answer(call, header, result);
  return swallow(call, request, header.size);
}

Progress store_value(Call& call, const Request& request, StoreMode mode) {
  Header header;
  header.order.mode = mode;
  header.order.key = {request.key, request.hash};
  if (!read_header(call, request.value_line, header)) return complain(call, request, mode);
  if (header.size + 2 > call.engine.store().value_limit()) {
    return refuse(call, request, header, StoreResult::kTooLarge);
  }
  if (request.has_body) return finish(call, header, {call.take_body(request), {}});
  if (!receive(call, request, header.size, static_cast<int>(mode), value_arrived)) {
    return refuse(call, request, header, StoreResult::kNoMemory);
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
