// ms: a line, then a value.
#include <optional>

#include "daemon/command/meta_flags.h"
#include "daemon/command/storing.h"

namespace arcus::daemon {
namespace {

constexpr std::string_view kWrongMode = "CLIENT_ERROR invalid mode for ms M token\r\n";

std::optional<StoreMode> mode_of(const MetaRequest& meta) {
  switch (meta.mode) {
    case 0:
    case 'S':
      return meta.has('C') ? StoreMode::kCas : StoreMode::kSet;
    case 'R':
      return meta.has('C') ? StoreMode::kCas : StoreMode::kReplace;
    case 'E':
      return StoreMode::kAdd;
    case 'A':
      return StoreMode::kAppend;
    case 'P':
      return StoreMode::kPrepend;
    default:
      return std::nullopt;
  }
}

Order order_of(const MetaRequest& meta, StoreMode mode) {
  Order order;
  order.mode = mode;
  order.key = meta.key();
  order.flags = meta.client_flags;
  order.cas = meta.cas;
  order.new_cas = meta.new_cas;
  order.even_if_older = meta.has('I');
  order.vivify = meta.has('N');
  const bool extends = mode == StoreMode::kAppend || mode == StoreMode::kPrepend;
  order.expires = extends && order.vivify ? meta.vivify_expires : meta.expires;
  return order;
}

std::string_view code_of(StoreResult result) {
  switch (result) {
    case StoreResult::kStored:
      return "HD";
    case StoreResult::kNotStored:
    case StoreResult::kTypeMismatch:
      return "NS";
    case StoreResult::kExists:
      return "EX";
    default:
      return "NF";
  }
}

void answer(Call& call, const MetaRequest& meta, const Stored& stored) {
  if (stored.result == StoreResult::kStored && meta.has('q')) return;
  Line line(call.reply);
  line.add(code_of(stored.result));
  for (const std::string_view flag : meta) {
    if (flag[0] == 'c') {
      line.add(" c");
      line.add_number(stored.cas);
    } else if (flag[0] == 's' && stored.result == StoreResult::kStored) {
      line.add(" s");
      line.add_number(stored.size);
    } else {
      meta.echo(line, flag);
    }
  }
  line.add("\r\n");
}

void fail(Call& call, const MetaRequest& meta, StoreResult result) {
  remove_unreplaced(call, meta.key());
  say(call, result == StoreResult::kTooLarge ? kTooLarge : kOutOfMemory);
}

Progress finish(Call& call, const MetaRequest& meta, Received value) {
  if (!value.whole()) return say(call, kBadChunk);
  const Stored stored = carry_out(call, order_of(meta, *mode_of(meta)), value, meta.has('c'));
  if (stored.result == StoreResult::kTooLarge || stored.result == StoreResult::kNoMemory) {
    fail(call, meta, stored.result);
    return Progress::kDone;
  }
  answer(call, meta, stored);
  return Progress::kDone;
}

Progress value_arrived(Call& call) {
  auto& state = call.session.remembered<Receiving>();
  Request request;
  request.arguments = state.arguments;
  request.hash = state.hash;
  return finish(call, MetaRequest(call.engine.store(), request, 1, call.now), state.take());
}

// An error after which the value is passed over, or nothing.
std::string_view error_of(const MetaRequest& meta) {
  if (!meta.error().empty()) return meta.error();
  if (!mode_of(meta)) return kWrongMode;
  if (meta.opaque_too_long()) return kOpaqueTooLong;
  return {};
}

Progress refuse(Call& call, const Request& request, const MetaRequest& meta, std::size_t size,
                StoreResult result) {
  const bool too_large = result == StoreResult::kTooLarge;
  (too_large ? call.stats.store_too_large : call.stats.store_no_memory).add();
  fail(call, meta, result);
  return swallow(call, request, size);
}

}  // namespace

Progress command_ms(Call& call, const Request& request) {
  const MetaRequest meta(call.engine.store(), request, 1, call.now);
  if (meta.words() == 0) return say(call, kUnknownCommand);
  if (meta.key_too_long() || meta.number().empty()) return say(call, kBadLine);
  if (meta.too_many()) return say(call, kTooManyFlags);
  const auto size = parse_i64(meta.number());
  if (!size || *size < 0 || *size > kMostBytes) return say(call, kBadLine);
  const auto bytes = static_cast<std::size_t>(*size);
  if (const std::string_view error = error_of(meta); !error.empty()) {
    say(call, error);
    return swallow(call, request, bytes);
  }
  if (bytes + 2 > call.engine.store().value_limit()) {
    return refuse(call, request, meta, bytes, StoreResult::kTooLarge);
  }
  if (request.has_body) return finish(call, meta, {call.take_body(request), {}});
  if (!receive(call, request, bytes, 0, value_arrived)) {
    return refuse(call, request, meta, bytes, StoreResult::kNoMemory);
  }
  return Progress::kNeedBody;
}

}  // namespace arcus::daemon
