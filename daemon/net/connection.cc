#include "daemon/net/connection.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "daemon/net/send.h"

namespace arcus::daemon {
namespace {

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

// A value straight to where it belongs, and what comes after it to `rest`.
ssize_t receive_value(int fd, const Body& body, char* rest) {
  std::array<iovec, 2> entries = {{{body.at, body.left}, {rest, kReadSize}}};
  return readv(fd, entries.data(), entries.size());
}

}  // namespace

Wish Connection::readable(Workplace& place) {
  const Body body = session_.body();
  const std::size_t direct = body.at != nullptr ? body.left : 0;
  // Whoever waits for the rest of a line has kept less than a line, so that there is room.
  char* const fresh = place.buffer.get() + unread_size_;
  const ssize_t received =
      direct > 0 ? receive_value(fd_.get(), body, fresh) : recv(fd_.get(), fresh, kReadSize, 0);
  if (received <= 0) return received < 0 && would_block() ? Wish::kRead : Wish::kClose;

  const auto size = static_cast<std::size_t>(received);
  place.stats.bytes_read.add(size);
  const std::size_t into_body = std::min(size, direct);
  if (into_body > 0) session_.arrived(into_body);
  return serve(place, size - into_body);
}

Wish Connection::writable(Workplace& place) {
  const std::size_t before = unsent_->pending();
  const Sent sent = send_reply(fd_.get(), *unsent_, place.stats.bytes_written);
  if (sent == Sent::kFailed) return Wish::kClose;
  if (unsent_->pending() < before) last_active_.store(place.now, std::memory_order_relaxed);
  if (sent == Sent::kSome) return Wish::kWrite;
  unsent_.reset();
  return settle();
}

Wish Connection::again(Workplace& place) {
  return serve(place, 0);
}

bool Connection::at_rest() const {
  return unread_size_ == 0 && unsent_ == nullptr && !session_.yielded() &&
         session_.body().left == 0;
}

bool Connection::stalled(Seconds now) const {
  return unsent_ != nullptr && now - last_active() >= kSlowReaderPatience;
}

// Takes requests from what was kept and the `fresh` bytes that have been read behind it, until they
// are used up, the reply is full or the turn is over; and sends.
Wish Connection::serve(Workplace& place, std::size_t fresh) {
  if (unread_size_ > 0) std::memcpy(place.buffer.get(), unread_.get(), unread_size_);
  const std::string_view bytes(place.buffer.get(), unread_size_ + fresh);
  Call call{place.engine, place.stats, place.now,
            place.reply,  session_,    place.engine.attention(),
            fd_.get()};
  const std::size_t consumed = run(call, place, bytes);
  keep(bytes.substr(consumed));
  last_active_.store(place.now, std::memory_order_relaxed);

  const Sent sent = send_reply(fd_.get(), place.reply, place.stats.bytes_written);
  if (sent == Sent::kAll) return settle();
  if (sent == Sent::kFailed) {
    place.reply.clear();
    return Wish::kClose;
  }
  unsent_ = std::make_unique<Reply>(place.reply.detach());
  state_.store(State::kWaitsForReader, std::memory_order_relaxed);
  return Wish::kWrite;
}

void Connection::keep(std::string_view rest) {
  if (rest.empty()) {
    if (unread_size_ > 0) unread_.reset();
  } else {
    unread_ = std::make_unique_for_overwrite<char[]>(rest.size());
    std::memcpy(unread_.get(), rest.data(), rest.size());
  }
  unread_size_ = static_cast<std::uint32_t>(rest.size());
}

// Everything has been sent: what next?
Wish Connection::settle() {
  if (closing_) return Wish::kClose;
  const bool reads = needs_more_ && !session_.yielded();
  const State waits = session_.body().left > 0 ? State::kWaitsForValue : State::kWaitsForRequest;
  state_.store(reads ? waits : State::kWaitsForTurn, std::memory_order_relaxed);
  return reads ? Wish::kRead : Wish::kAgain;
}

void Connection::note(Progress progress) {
  if (progress == Progress::kClose) closing_ = true;
}

bool Connection::may_go_on(const Call& call) const {
  return !closing_ && !session_.yielded() && !call.reply.full();
}

// How much of `bytes` was used.
std::size_t Connection::run(Call& call, Workplace& place, std::string_view bytes) {
  std::size_t used = 0;
  unsigned turns = place.batches_per_turn;
  needs_more_ = false;
  if (session_.yielded()) note(session_.resume(call));
  if (session_.body_complete()) note(session_.finish_body(call));
  while (may_go_on(call)) {
    if (session_.body().left > 0) {
      used += feed_body(call, bytes.substr(used));
      if (session_.body().left == 0) continue;
      needs_more_ = true;
      break;
    }
    if (used == bytes.size()) {
      needs_more_ = true;
      break;
    }
    if (turns-- == 0) {
      place.stats.conn_yields.add();
      break;
    }
    const ParseStatus status = place.batch.fill(parser_, call.engine, bytes.substr(used));
    const std::size_t done = execute(call, place.batch);
    used += done;
    const bool to_the_end = done == place.batch.bytes() && session_.body().left == 0;
    if (status == ParseStatus::kRequest || !to_the_end || !may_go_on(call)) continue;
    if (status == ParseStatus::kLineTooLong) {
      call.reply.add("CLIENT_ERROR line too long\r\n");
      closing_ = true;
    }
    needs_more_ = true;
    break;
  }
  // A client that is to be closed has nothing more to say.
  return closing_ ? bytes.size() : used;
}

// Carries the batch out, up to the first request that has to wait for something or that others were
// wrong about. How many bytes that used.
std::size_t Connection::execute(Call& call, const Batch& batch) {
  std::size_t used = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto& [request, line_size] = batch[i];
    parser_.take(request);
    call.body_taken = false;
    const Progress progress = session_.start(call, request);
    note(progress);
    used += line_size + (call.body_taken ? request.body.size() : 0);
    const bool as_expected = progress == Progress::kDone && call.body_taken == request.has_body;
    if (!as_expected || call.reply.full()) break;
  }
  return used;
}

std::size_t Connection::feed_body(Call& call, std::string_view bytes) {
  const Body body = session_.body();
  const std::size_t size = std::min(bytes.size(), body.left);
  if (body.at != nullptr) std::memcpy(body.at, bytes.data(), size);
  session_.arrived(size);
  if (body.left == size) note(session_.finish_body(call));
  return size;
}

}  // namespace arcus::daemon
