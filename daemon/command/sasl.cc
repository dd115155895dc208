// sasl, reload: clients say who they are; who there is, is read again.
#include <string>

#include "daemon/auth/authentication.h"
#include "daemon/command/authorization.h"
#include "daemon/command/command.h"
#include "daemon/command/login.h"
#include "daemon/command/receiving.h"

namespace arcus::daemon {
namespace {

constexpr std::string_view kNotSupported = "NOT_SUPPORTED\r\n";
constexpr std::string_view kAuthError = "AUTH_ERROR\r\n";
constexpr std::string_view kNoMemoryForLogin = "SERVER_ERROR out of memory\r\n";
// No step of a mechanism is longer; whoever has not logged in yet must not make the node hold more.
constexpr std::uint32_t kMostData = 16 * 1024;

bool is_on(const Call& call) {
  const Authentication* authentication = call.engine.authentication;
  return authentication != nullptr && authentication->on();
}

// <mech> <bytes> begins, <bytes> goes on.
struct AuthLine {
  std::string_view mechanism;
  std::optional<std::uint32_t> size;
};

AuthLine parse_auth(const Arguments& arguments) {
  if (arguments.count == 2) return {{}, parse_u32(arguments[1])};
  if (arguments.count == 3) return {arguments[1], parse_u32(arguments[2])};
  return {};
}

Progress fail(Call& call, Login& login, std::string_view user, std::string_view why) {
  call.stats.auth_errors.add();
  log_security(call, user, "authentication failed(" + std::string(why) + ")");
  login = {};
  return say(call, kAuthError);
}

Progress succeed(Call& call, Login& login) {
  std::string user = login.exchange->user();
  const auto permissions = call.engine.authentication->permissions_of(user);
  if (!permissions) return fail(call, login, user, "no such user");
  log_security(call, user, "authentication succeeded");
  login = {std::move(user), *permissions, nullptr};
  return say(call, "SASL_OK\r\n");
}

Progress judge(Call& call, Login& login, Exchange::Outcome outcome) {
  using Outcome = Exchange::Outcome;
  if (outcome == Outcome::kContinue) {
    const std::string_view answer = login.exchange->answer();
    call.reply.add("SASL_CONTINUE ");
    call.reply.add_number(answer.size());
    call.reply.add("\r\n");
    call.reply.add(answer);
    return say(call, "\r\n");
  }
  call.stats.cmd_auth.add();
  if (outcome == Outcome::kDone) return succeed(call, login);
  if (outcome == Outcome::kFailed) {
    return fail(call, login, login.exchange->user(), login.exchange->trouble());
  }
  login = {};
  return say(call, kNoMemoryForLogin);
}

// With the data that follows the line.
Progress take_step(Call& call, std::string_view mechanism, std::string_view body) {
  if (!body.ends_with("\r\n")) return say(call, kBadChunk);
  const std::string_view data = body.substr(0, body.size() - 2);
  Login& login = call.session.require_login();
  if (!mechanism.empty()) {
    // Whoever begins anew is nobody until it has come to its end.
    login = {};
    login.exchange = call.engine.authentication->begin();
    if (!login.exchange) return say(call, kNoMemoryForLogin);
    return judge(call, login, login.exchange->start(std::string(mechanism), data));
  }
  if (!login.exchange) {
    call.stats.cmd_auth.add();
    return fail(call, login, {}, "nothing was begun");
  }
  return judge(call, login, login.exchange->step(data));
}

Progress data_arrived(Call& call) {
  auto& state = call.session.remembered<Receiving>();
  const AuthLine line = parse_auth(Arguments(state.arguments));
  const Received received = state.take();
  return take_step(call, line.mechanism, received.body);
}

Progress authenticate(Call& call, const Request& request, const Arguments& arguments) {
  const AuthLine line = parse_auth(arguments);
  if (!line.size) return say(call, kBadLine);
  if (!is_on(call) || *line.size > kMostData) {
    say(call, is_on(call) ? kBadLine : kNotSupported);
    return swallow(call, request, *line.size);
  }
  if (!receive(call, request, *line.size, 0, data_arrived)) {
    say(call, kNoMemoryForLogin);
    return swallow(call, request, *line.size);
  }
  return Progress::kNeedBody;
}

Progress list_mechanisms(Call& call) {
  if (!is_on(call)) return say(call, kNotSupported);
  const auto exchange = call.engine.authentication->begin();
  if (!exchange) return say(call, kNoMemoryForLogin);
  call.reply.add("SASL_MECH ");
  call.reply.add(exchange->mechanisms());
  return say(call, "\r\n");
}

}  // namespace

Progress command_sasl(Call& call, const Request& request) {
  const Arguments arguments(request.arguments);
  if (arguments.count == 1 && arguments[0] == "mech") return list_mechanisms(call);
  if (arguments.count > 1 && arguments[0] == "auth") {
    return authenticate(call, request, arguments);
  }
  return say(call, kBadLine);
}

Progress command_reload(Call& call, const Request& request) {
  const Arguments arguments(request.arguments);
  if (arguments.count != 1 || arguments[0] != "auth") return say(call, kBadLine);
  if (!is_on(call)) return say(call, kNotSupported);
  return say(call, call.engine.authentication->reload() ? "OK\r\n" : kNotSupported);
}

}  // namespace arcus::daemon
