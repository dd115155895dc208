// set, add, replace, append, prepend, cas: a line, then a value that goes straight into its item.
#include <limits>
#include <optional>
#include <utility>

#include "daemon/command/command.h"

namespace arcus::daemon {
namespace {

struct Header {
  std::string_view key;
  std::uint32_t flags = 0;
  std::int64_t exptime = 0;
  std::size_t size = 0;
  std::uint64_t cas = 0;
};

std::optional<Header> parse_header(const Arguments& arguments, StoreMode mode) {
  constexpr std::int64_t kMostBytes = std::numeric_limits<std::int32_t>::max() - 2;
  Header header;
  header.key = arguments[0];
  const auto flags = parse_u32(arguments[1]);
  const auto exptime = parse_i64(arguments[2]);
  const auto size = parse_i64(arguments[3]);
  if (header.key.size() > kMaxKey || !flags || !exptime || !size) return std::nullopt;
  if (*size < 0 || *size > kMostBytes) return std::nullopt;
  header.flags = *flags;
  header.exptime = *exptime;
  header.size = static_cast<std::size_t>(*size);
  if (mode == StoreMode::kCas) {
    const auto cas = parse_u64(arguments[4]);
    if (!cas) return std::nullopt;
    header.cas = *cas;
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
    case StoreResult::kNoMemory:
    case StoreResult::kNotNumeric:
      break;
  }
  return kOutOfMemory;
}

void count(ThreadStats& stats, StoreMode mode, StoreResult result) {
  stats.cmd_set.add();
  if (mode != StoreMode::kCas) return;
  stats.cmd_cas.add();
  if (result == StoreResult::kStored) stats.cas_hits.add();
  if (result == StoreResult::kExists) stats.cas_badval.add();
  if (result == StoreResult::kNotFound) stats.cas_misses.add();
}

Progress value_arrived(Call& call) {
  auto& state = call.session.storing;
  ItemRef item = std::move(state.item);
  if (!item->line().ends_with("\r\n")) {
    return say(call, "CLIENT_ERROR bad data chunk\r\n", state.noreply);
  }
  const StoreResult result =
      call.engine.store().store(state.mode, std::move(item), state.cas, call.now);
  count(call.stats, state.mode, result);
  return say(call, answer_of(result), state.noreply);
}

Progress passed_over(Call&) {
  return Progress::kDone;
}

Progress store_value(Call& call, const Request& request, StoreMode mode) {
  const Arguments arguments(request.arguments);
  const std::size_t wanted = mode == StoreMode::kCas ? 5 : 4;
  if (arguments.count != wanted && arguments.count != wanted + 1) {
    return say(call, kUnknownCommand);
  }
  const auto header = parse_header(arguments, mode);
  if (!header) return say(call, kBadLine, arguments.noreply);

  Store& store = call.engine.store();
  const ItemSpec spec{header->key, header->flags, expiry_of(header->exptime, call.now),
                      header->size};
  auto [result, item] = store.allocate(spec, call.now);
  if (result != StoreResult::kStored) {
    // What the client wanted replaced must not be read again.
    if (mode == StoreMode::kSet) store.remove(header->key, call.now);
    say(call, answer_of(result), arguments.noreply);
    return call.session.need_body(nullptr, header->size + 2, passed_over);
  }
  auto& state = call.session.storing;
  char* const value = item->value_data();
  state.item = std::move(item);
  state.mode = mode;
  state.cas = header->cas;
  state.noreply = arguments.noreply;
  return call.session.need_body(value, header->size + 2, value_arrived);
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
