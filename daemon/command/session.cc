#include <utility>

#include "daemon/command/command.h"

namespace arcus::daemon {
namespace {

Progress unknown_command(Call& call, const Request& request) {
  // With the scrub module loaded, the old daemon gives these answers.
  if (!call.engine.config().scrub_commands) return say(call, kUnknownCommand);
  if (request.verb.empty()) return say(call, "ERROR no arguments\r\n");
  return say(call, "ERROR no matching command\r\n");
}

}  // namespace

Progress Session::start(Call& call, const Request& request) {
  if (request.continued) {
    const Handler handler = request.more ? list_handler_ : std::exchange(list_handler_, nullptr);
    return handler(call, request);
  }
  const Command* command = find_command(request.verb);
  if (command == nullptr) return unknown_command(call, request);
  if (request.more) list_handler_ = command->handler;
  return command->handler(call, request);
}

void Session::arrived(std::size_t size) {
  if (body_.at != nullptr) body_.at += size;
  body_.left -= size;
}

Progress Session::finish_body(Call& call) {
  body_ = {};
  wants_body_ = false;
  return std::exchange(next_, nullptr)(call);
}

Progress Session::resume(Call& call) {
  return std::exchange(next_, nullptr)(call);
}

Progress Session::need_body(char* at, std::size_t size, Continuation then) {
  body_ = {at, size};
  wants_body_ = true;
  next_ = then;
  return Progress::kNeedBody;
}

Progress Session::yield(Continuation then) {
  next_ = then;
  return Progress::kYield;
}

Arguments::Arguments(std::string_view text) {
  Words source(text);
  for (std::string_view word = source.next(); !word.empty(); word = source.next()) {
    if (count == kMost) {
      ++count;
      return;
    }
    words[count++] = word;
  }
  noreply = count > 0 && words[count - 1] == "noreply";
}

Seconds expiry_of(std::int64_t exptime, Seconds now) {
  constexpr std::int64_t kRelativeMost = 60 * 60 * 24 * 30;
  if (exptime == 0) return kNever;
  if (exptime == -1) return kSticky;
  if (exptime < 0) return kAlreadyExpired;
  const std::int64_t at = exptime <= kRelativeMost ? now + exptime : exptime;
  // After the last second that can be told, no item is old enough to see it.
  return at < kSticky ? static_cast<Seconds>(at) : kNever;
}

}  // namespace arcus::daemon
