#include "daemon/command/session.h"

#include "daemon/command/attention.h"
#include "daemon/command/collection.h"
#include "daemon/command/command.h"
#include "daemon/command/login.h"

namespace arcus::daemon {
namespace {

Progress unknown_command(Call& call, const Request& request) {
  if (call.attention != 0) note_unknown(call, request);
  // With the scrub module loaded, the old daemon gives these answers.
  if (!call.engine.config().scrub_commands) return say(call, kUnknownCommand);
  if (request.verb.empty()) return say(call, "ERROR no arguments\r\n");
  return say(call, "ERROR no matching command\r\n");
}

// Whether all of a body of that size is there, with its CR LF.
bool take_body(std::int64_t size, std::string_view after, Request& request) {
  if (size < 0 || static_cast<std::int64_t>(after.size()) - 2 < size) return false;
  request.body = after.substr(0, static_cast<std::size_t>(size) + 2);
  request.has_body = true;
  return true;
}

// The same, when the next word is the size.
bool find_body(Words words, std::string_view after, Request& request) {
  std::uint32_t size = 0;
  return words.next(size) && take_body(size, after, request);
}

// The value of a collection command, if it has one.
bool find_element(std::string_view after, Request& request) {
  const auto size = collection_value_size(request.verb, request.arguments);
  if (!size) return !request.more;
  return take_body(*size, after, request);
}

}  // namespace

Session::Session() = default;
Session::~Session() = default;

bool Session::look_ahead(const Engine& engine, std::string_view after, Request& request) {
  if (request.continued) return !request.more;
  const Command* command = find_command(request.verb);
  request.command = command;
  if (command == nullptr || command->shape < Shape::kKey) {
    const bool body = command != nullptr && command->shape == Shape::kBody;
    return body ? find_body(Words(request.arguments), after, request) : !request.more;
  }

  Words words(request.arguments);
  if (command->shape == Shape::kCollection) words.next();
  request.key = words.next();
  if (!request.key.empty()) {
    request.hash = engine.store().key(request.key).hash;
    engine.store().prefetch_index(request.hash);
  }
  switch (command->shape) {
    case Shape::kValue:
      request.value_line.read(words);
      return request.value_line.good && take_body(request.value_line.size, after, request);
    case Shape::kMetaValue:
      return find_body(words, after, request);
    case Shape::kCollection:
      return find_element(after, request);
    default:
      return !request.more;
  }
}

void Session::look_again(const Engine& engine, const Request& request) {
  if (!request.key.empty()) engine.store().prefetch_item(request.hash);
}

Progress Session::start(Call& call, const Request& request) {
  if (request.continued) {
    if (waiting_ == nullptr) return unknown_command(call, request);
    waiting_->more_keys = request.more;
    if (call.attention != 0) attend(call, request);
    return ended(waiting_->list_handler(call, request));
  }
  if (request.command == nullptr) {
    Request looked(static_cast<const RequestLine&>(request));
    look_ahead(call.engine, {}, looked);
    if (looked.command == nullptr) return unknown_command(call, request);
    return start(call, looked);
  }
  if (request.more) {
    waiting().list_handler = request.command->handler;
    waiting().more_keys = true;
  }
  const bool watched = call.attention != 0;
  return ended(watched ? carry_out_watched(call, request)
                       : request.command->handler(call, request));
}

void Session::arrived(std::size_t size) {
  Body& body = waiting_->body;
  if (body.at != nullptr) body.at += size;
  body.left -= size;
}

Progress Session::finish_body(Call& call) {
  waiting_->body = {};
  waiting_->wants_body = false;
  return go_on(call);
}

Progress Session::resume(Call& call) {
  return go_on(call);
}

Progress Session::go_on(Call& call) {
  return ended(std::exchange(waiting_->next, nullptr)(call));
}

// What a command has remembered goes with it.
Progress Session::let_go(Progress progress) {
  const bool over = progress == Progress::kDone || progress == Progress::kClose;
  if (over && !waiting_->more_keys) waiting_.reset();
  return progress;
}

Progress Session::need_body(char* at, std::size_t size, Continuation then) {
  Waiting& state = waiting();
  state.body = {at, size};
  state.wants_body = true;
  state.next = then;
  return Progress::kNeedBody;
}

Progress Session::yield(Continuation then) {
  waiting().next = then;
  return Progress::kYield;
}

void Session::pass_over_keys() {
  waiting().list_handler = [](Call&, const Request&) { return Progress::kDone; };
}

Session::Lasting& Session::lasting() {
  if (lasting_ == nullptr) lasting_ = std::make_unique<Lasting>();
  return *lasting_;
}

void Session::close_pipe() {
  if (lasting_ == nullptr) return;
  lasting_->pipe.reset();
  if (lasting_->login == nullptr) lasting_.reset();
}

Login& Session::require_login() {
  auto& login = lasting().login;
  if (login == nullptr) login = std::make_unique<Login>();
  return *login;
}

}  // namespace arcus::daemon
