#include "daemon/command/authorization.h"

#include <optional>
#include <string>

#include "core/base/log.h"
#include "core/base/text.h"
#include "daemon/command/attention.h"
#include "daemon/command/collection.h"
#include "daemon/command/login.h"

namespace arcus::daemon {
namespace {

constexpr std::string_view kUnauthorized = "CLIENT_ERROR unauthorized\r\n";
constexpr std::size_t kMostOfLine = 400;

std::optional<std::size_t> nth_size(Words words, int before) {
  for (int i = 0; i < before; ++i) words.next();
  const auto size = parse_u32(words.next());
  return size ? std::optional<std::size_t>(*size) : std::nullopt;
}

// Of the value that follows the line, without its CR LF.
std::optional<std::size_t> value_size(const Request& request) {
  switch (request.command->shape) {
    case Shape::kBody:
      return nth_size(Words(request.arguments), 0);
    case Shape::kValue:
      return nth_size(request.after_key(), 2);
    case Shape::kMetaValue:
      return nth_size(request.after_key(), 0);
    case Shape::kCollection:
      return collection_value_size(request.verb, request.arguments);
    default:
      return std::nullopt;
  }
}

// How the line wants to be answered, where its last word says so and is no key.
Ending ending_of(const Request& request) {
  const Shape shape = request.command->shape;
  if (shape != Shape::kKey && shape != Shape::kValue && shape != Shape::kCollection) {
    return Ending::kReply;
  }
  Words words(request.arguments);
  std::string_view last;
  for (auto word = words.next(); !word.empty(); word = words.next()) last = word;
  const Ending ending = daemon::ending_of(last);
  // Only commands of collections can be put in a pipe.
  return ending == Ending::kPipe && shape != Shape::kCollection ? Ending::kReply : ending;
}

void log_request(Call& call, const Request& request, const Login& login, std::string_view what) {
  const std::string line = printable(line_of(request).substr(0, kMostOfLine));
  log_security(call, login.user, "cmd=\"" + line + "\" " + std::string(what));
}

}  // namespace

bool may_carry_out(Call& call, const Request& request) {
  const Permissions any_of = request.command->needs;
  Login* const login = call.session.login();
  if (login == nullptr || any_of == Permission::kNone) return true;
  if ((login->permissions & any_of) != 0) {
    const bool logged = (login->permissions & Permission::kLogAll) != 0;
    if (logged) log_request(call, request, *login, "authorized");
    return true;
  }
  // Once a second of a connection: a client that goes on regardless must not fill the disk.
  if (login->refused_at != call.now) log_request(call, request, *login, "unauthorized");
  login->refused_at = call.now;
  return false;
}

Progress refuse(Call& call, const Request& request) {
  if (request.more) call.session.pass_over_keys();
  const Ending ending = ending_of(request);
  if (may_run(call, ending)) answer(call, ending, kUnauthorized);
  const auto size = value_size(request);
  return size ? swallow(call, request, *size) : Progress::kDone;
}

void log_security(Call& call, std::string_view user, std::string_view what) {
  log::info("SECURITY_EVENT client=" + client_ip(call) + " user=" + printable(user) + " " +
            std::string(what));
}

}  // namespace arcus::daemon
