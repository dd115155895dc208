#include "daemon/command/session.h"

#include <optional>

#include "daemon/command/attention.h"
#include "daemon/command/collection.h"
#include "daemon/command/command.h"

namespace arcus::daemon {
namespace {

Progress unknown_command(Call& call, const Request& request) {
  // With the scrub module loaded, the old daemon gives these answers.
  if (!call.engine.config().scrub_commands) return say(call, kUnknownCommand);
  if (request.verb.empty()) return say(call, "ERROR no arguments\r\n");
  return say(call, "ERROR no matching command\r\n");
}

// The body's size with its CR LF, if the line tells one that may be waited for.
std::optional<std::size_t> body_size(Words words, int words_before) {
  for (int i = 0; i < words_before; ++i) words.next();
  const auto size = parse_u32(words.next());
  if (!size) return std::nullopt;
  return std::size_t{*size} + 2;
}

// Whether the body is there, and all of it.
bool find_body(Words words, int words_before, std::string_view after, Request& request) {
  const auto size = body_size(words, words_before);
  if (!size || *size > after.size()) return false;
  request.body = after.substr(0, *size);
  request.has_body = true;
  return true;
}

// The value of a collection command, if it has one.
bool find_element(std::string_view after, Request& request) {
  const auto size = collection_value_size(request.verb, request.arguments);
  if (!size) return !request.more;
  if (*size + 2 > after.size()) return false;
  request.body = after.substr(0, *size + 2);
  request.has_body = true;
  return true;
}

}  // namespace

bool Session::look_ahead(const Engine& engine, std::string_view after, Request& request) {
  if (request.continued) return !request.more;
  const Command* command = find_command(request.verb);
  request.command = command;
  if (command == nullptr || command->shape < Shape::kKey) {
    const bool body = command != nullptr && command->shape == Shape::kBody;
    return body ? find_body(Words(request.arguments), 0, after, request) : !request.more;
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
      return find_body(words, 2, after, request);
    case Shape::kMetaValue:
      return find_body(words, 0, after, request);
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
Progress Session::ended(Progress progress) {
  const bool over = progress == Progress::kDone || progress == Progress::kClose;
  if (waiting_ != nullptr && over && !waiting_->more_keys) waiting_.reset();
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

}  // namespace arcus::daemon
