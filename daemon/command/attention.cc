#include "daemon/command/attention.h"

#include <array>
#include <optional>

#include "core/base/log.h"
#include "daemon/command/authorization.h"
#include "daemon/command/command.h"
#include "daemon/command/prefix.h"

namespace arcus::daemon {
namespace {

struct Counted {
  Handler handler;
  Operation operation;
};

// Those that count as asked by their line.
std::optional<Operation> operation_of(Handler handler) {
  constexpr std::array kCounted = {
      Counted{command_set, Operation::kSet},         Counted{command_add, Operation::kSet},
      Counted{command_replace, Operation::kSet},     Counted{command_append, Operation::kSet},
      Counted{command_prepend, Operation::kSet},     Counted{command_cas, Operation::kSet},
      Counted{command_ms, Operation::kSet},          Counted{command_delete, Operation::kDelete},
      Counted{command_md, Operation::kDelete},       Counted{command_incr, Operation::kIncr},
      Counted{command_decr, Operation::kDecr},       Counted{command_getattr, Operation::kGetAttr},
      Counted{command_setattr, Operation::kSetAttr},
  };
  for (const auto& [its, operation] : kCounted) {
    if (its == handler) return operation;
  }
  return std::nullopt;
}

void count_request(Call& call, const Request& request, Handler handler) {
  if (handler == command_get || handler == command_gets) {
    return count_gets_in_detail(call, request.arguments);
  }
  if (handler == command_gat || handler == command_gats) {
    Words words(request.arguments);
    if (!request.continued) words.next();
    return count_gets_in_detail(call, words.rest());
  }
  if (handler == command_mg) return count_gets_in_detail(call, request.key);
  if (const auto operation = operation_of(handler)) {
    count_in_detail(call, request.key, *operation, false);
  }
}

}  // namespace

std::string client_ip(Call& call) {
  return call.engine.client_ip ? call.engine.client_ip(call.connection) : "unknown";
}

std::string_view line_of(const Request& request) {
  const char* const end = request.arguments.data() + request.arguments.size();
  return {request.verb.data(), static_cast<std::size_t>(end - request.verb.data())};
}

Progress carry_out_watched(Call& call, const Request& request) {
  if ((call.attention & Engine::kLogins) != 0 && !may_carry_out(call, request)) {
    return refuse(call, request);
  }
  attend(call, request);
  if ((call.attention & Engine::kCommandLog) != 0) {
    call.engine.command_log().write(client_ip(call), line_of(request));
  }
  call.elements = 0;
  const Progress progress = request.command->handler(call, request);
  const bool counts = (call.attention & Engine::kLongQueries) != 0 && call.elements > 0;
  if (counts &&
      !call.engine.long_queries().note(client_ip(call), line_of(request), call.elements)) {
    call.engine.set_attention(Engine::kLongQueries, false);
  }
  return progress;
}

void note_unknown(Call& call, const Request& request) {
  if ((call.attention & Engine::kCommandLog) == 0) return;
  call.engine.command_log().write(client_ip(call), line_of(request));
}

void attend(Call& call, const Request& request) {
  const Handler handler = request.continued ? call.session.list_handler()
                                            : request.command->handler;
  if ((call.attention & Engine::kDetail) != 0) count_request(call, request, handler);
}

void count_in_detail(Call& call, std::string_view key, Operation operation, bool hit) {
  if (key.empty() || key.size() > kMaxKey) return;
  Engine& engine = call.engine;
  const std::string_view prefix = prefix_of(key, engine.config().prefix_delimiter);
  if (engine.detail().record(prefix, operation, hit)) return;
  engine.set_attention(Engine::kDetail, false);
  log::warning("more than " + std::to_string(PrefixDetail::kMostPrefixes) +
               " prefixes: stats detail is off");
}

void count_gets_in_detail(Call& call, std::string_view keys) {
  Words words(keys);
  for (auto key = words.next(); !key.empty(); key = words.next()) {
    if (key.size() > kMaxKey) return;
    Store& store = call.engine.store();
    const bool hit = static_cast<bool>(store.access(store.key(key), call.now));
    count_in_detail(call, key, Operation::kGet, hit);
  }
}

}  // namespace arcus::daemon
