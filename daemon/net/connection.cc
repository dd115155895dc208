#include "daemon/net/connection.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace arcus::daemon {
namespace {

constexpr int kMaxSegments = 64;

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

Wish Connection::readable(Workplace& place) {
  // A body goes straight to where it belongs; what comes after it, into the worker's buffer.
  const Body& body = session_.body();
  std::array<iovec, 2> entries;
  int count = 0;
  const std::size_t direct = body.at != nullptr ? body.left : 0;
  if (direct > 0) entries[count++] = {body.at, direct};
  entries[count++] = {place.buffer.data(), place.buffer.size()};

  const ssize_t received = readv(fd_.get(), entries.data(), count);
  if (received < 0) return would_block() ? Wish::kRead : Wish::kClose;
  if (received == 0) return Wish::kClose;
  const auto size = static_cast<std::size_t>(received);
  place.stats.bytes_read.add(size);

  const std::size_t into_body = std::min(size, direct);
  if (into_body > 0) session_.arrived(into_body);
  const std::string_view bytes(place.buffer.data(), size - into_body);
  if (unread_.empty()) return serve(place, bytes);
  unread_.append(bytes);
  return serve(place, unread_);
}

Wish Connection::writable(Workplace& place) {
  if (!send(place, unsent_)) return Wish::kClose;
  if (!unsent_.empty()) return Wish::kWrite;
  return settle(place);
}

Wish Connection::again(Workplace& place) {
  return serve(place, unread_);
}

bool Connection::at_rest() const {
  return unread_.empty() && unsent_.empty() && !session_.yielded() && session_.body().left == 0;
}

// Takes requests from `bytes` (unread_ itself, or a fresh read while unread_ is empty) until they
// are used up or the reply is full, and sends.
Wish Connection::serve(Workplace& place, std::string_view bytes) {
  const bool from_unread = bytes.data() == unread_.data();
  Call call{place.engine, place.stats, place.engine.now(), place.reply, session_};
  const std::size_t consumed = run(call, bytes);
  if (!from_unread) {
    if (consumed < bytes.size()) unread_.assign(bytes.substr(consumed));
  } else if (consumed == bytes.size()) {
    std::string().swap(unread_);
  } else {
    unread_.erase(0, consumed);
  }
  if (!send(place, place.reply)) {
    place.reply.clear();
    return Wish::kClose;
  }
  if (!place.reply.empty()) {
    std::swap(unsent_, place.reply);
    return Wish::kWrite;
  }
  return settle(place);
}

// Everything has been sent: what next?
Wish Connection::settle(Workplace&) {
  if (closing_) return Wish::kClose;
  return needs_more_ && !session_.yielded() ? Wish::kRead : Wish::kAgain;
}

void Connection::note(Progress progress) {
  if (progress == Progress::kClose) closing_ = true;
}

std::size_t Connection::run(Call& call, std::string_view bytes) {
  std::size_t consumed = 0;
  needs_more_ = false;
  if (session_.yielded()) note(session_.resume(call));
  if (session_.body_complete()) note(session_.finish_body(call));
  while (!closing_ && !session_.yielded() && !call.reply.full()) {
    const std::string_view rest = bytes.substr(consumed);
    if (session_.body().left > 0) {
      consumed += feed_body(call, rest);
      if (session_.body().left == 0) continue;
      needs_more_ = true;
      break;
    }
    const Parsed parsed = parser_.parse(rest);
    if (parsed.status == ParseStatus::kNeedMore) {
      needs_more_ = true;
      break;
    }
    if (parsed.status == ParseStatus::kLineTooLong) {
      call.reply.add("CLIENT_ERROR line too long\r\n");
      closing_ = true;
      break;
    }
    consumed += parsed.consumed;
    note(session_.start(call, parsed.request));
  }
  // A client that is to be closed has nothing more to say.
  return closing_ ? bytes.size() : consumed;
}

std::size_t Connection::feed_body(Call& call, std::string_view bytes) {
  const Body& body = session_.body();
  const std::size_t size = std::min(bytes.size(), body.left);
  if (body.at != nullptr) std::memcpy(body.at, bytes.data(), size);
  session_.arrived(size);
  if (session_.body().left == 0) note(session_.finish_body(call));
  return size;
}

bool Connection::send(Workplace& place, Reply& reply) {
  while (!reply.empty()) {
    std::array<iovec, kMaxSegments> entries;
    msghdr message{};
    message.msg_iov = entries.data();
    message.msg_iovlen = static_cast<std::size_t>(reply.gather(entries.data(), kMaxSegments));
    const ssize_t size = sendmsg(fd_.get(), &message, MSG_NOSIGNAL);
    if (size < 0) return would_block();
    place.stats.bytes_written.add(static_cast<std::size_t>(size));
    reply.sent(static_cast<std::size_t>(size));
  }
  return true;
}

}  // namespace arcus::daemon
