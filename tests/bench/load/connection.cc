#include "tests/bench/load/connection.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

#include "core/base/tcp.h"
#include "core/base/text.h"

namespace arcus::bench {
namespace {

Result<UniqueFd> connect_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return invalid(path + ": too long for a socket");
  std::memcpy(address.sun_path, path.data(), path.size());
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd || ::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    return errno_error("connecting to " + path, errno);
  }
  if (fcntl(fd.get(), F_SETFL, O_NONBLOCK) != 0) return errno_error(path, errno);
  return fd;
}

Error broken(const std::string& what) {
  return {ErrorCode::kRemote, what, false};
}

}  // namespace

Result<UniqueFd> connect_to(const Options& options) {
  if (!options.unix_socket.empty()) return connect_unix(options.unix_socket);
  const HostPort address{options.host, options.port};
  auto fd = tcp::connect(options.host, options.port, Deadline::in(std::chrono::seconds(10)));
  if (!fd) return fd.error().in("connecting to " + format_host_port(address));
  const int on = 1;
  setsockopt(fd->get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

Connection::Connection(UniqueFd fd, const Options& options, std::size_t first)
    : fd_(std::move(fd)),
      parser_(options.protocol == Protocol::kMeta && options.keys_per_get == 1),
      check_(options.sizes),
      verify_(options.verify),
      errors_end_(options.protocol == Protocol::kText || options.keys_per_get == 1),
      send_at_(first),
      reply_at_(first) {}

void Connection::add(std::size_t count, Nanoseconds time) {
  due_ += count;
  in_flight_ += count;
  batches_.push_back({time, count});
}

Status Connection::flush(const Script& script) {
  while (due_ > 0) {
    const std::size_t count = std::min(due_, script.size() - send_at_);
    const std::string_view bytes = script.bytes(send_at_, count).substr(partial_);
    const ssize_t sent = send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) return {};
    if (sent < 0) return errno_error("sending", errno);
    if (static_cast<std::size_t>(sent) < bytes.size()) {
      partial_ += sent;
      continue;
    }
    partial_ = 0;
    due_ -= count;
    send_at_ = (send_at_ + count) % script.size();
  }
  return {};
}

Status Connection::receive(Workplace& place) {
  std::memcpy(place.buffer.data(), rest_.data(), rest_.size());
  const std::size_t room = place.buffer.size() - rest_.size();
  const ssize_t got = recv(fd(), place.buffer.data() + rest_.size(), room, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return {};
  if (got < 0) return errno_error("receiving", errno);
  if (got == 0) return broken("the server closed a connection");
  std::string_view bytes(place.buffer.data(), rest_.size() + got);
  auto taken = take(bytes, place, now_ns());
  rest_ = bytes;
  return taken;
}

Status Connection::take(std::string_view& bytes, Workplace& place, Nanoseconds now) {
  while (true) {
    const ReplyEvent event = parser_.next(bytes);
    switch (event.reply) {
      case Reply::kNeedMore:
        return {};
      case Reply::kData:
        if (verify_) check_.take(event.text);
        break;
      case Reply::kValueEnd:
        end_value(place);
        break;
      default:
        if (in_flight_ == 0) {
          return broken("a reply that nothing asked for: " + printable(event.text.substr(0, 80)));
        }
        if (auto done = take_reply(event, place, now); !done) return done;
    }
  }
}

Status Connection::take_reply(const ReplyEvent& event, Workplace& place, Nanoseconds now) {
  const bool get = place.script.kind(reply_at_) == Kind::kGet;
  Tally& tally = place.tally;
  switch (event.reply) {
    case Reply::kValue:
      if (!get) break;
      begin_value(event, place);
      return {};
    case Reply::kEnd: {
      const std::size_t asked = place.script.keys(reply_at_).size();
      if (!get || values_ > asked) break;
      tally.hits += values_;
      tally.misses += asked - values_;
      answered(place, now);
      return {};
    }
    case Reply::kDone:
    case Reply::kNotDone:
      if (get) break;
      ++(event.reply == Reply::kDone ? tally.done : tally.not_done);
      answered(place, now);
      return {};
    case Reply::kError:
      if (tally.errors++ == 0) tally.first_error = printable(event.text.substr(0, 200));
      if (errors_end_ || !get) answered(place, now);
      return {};
    default:
      break;
  }
  return broken("not a reply to what was asked: " + printable(event.text.substr(0, 80)));
}

void Connection::begin_value(const ReplyEvent& event, Workplace& place) {
  ++values_;
  if (!verify_) return;
  const auto keys = place.script.keys(reply_at_);
  const auto id = parse_key(event.text);
  while (next_key_ < keys.size() && keys[next_key_] != id) ++next_key_;
  asked_for_ = next_key_ < keys.size() && event.text.size() == place.options.sizes.key;
  ++next_key_;
  check_.begin(id.value_or(0), event.size);
  if (!asked_for_ && place.tally.first_wrong.empty()) {
    place.tally.first_wrong = "a value of a key not asked for: " + printable(event.text);
  }
}

void Connection::end_value(Workplace& place) {
  if (!verify_) return;
  if (check_.finish() && asked_for_) return;
  ++place.tally.wrong;
  if (place.tally.first_wrong.empty()) {
    std::string key;
    append_key(key, place.script.keys(reply_at_)[next_key_ - 1], place.options.sizes.key);
    place.tally.first_wrong = "the value of " + key + " is not one that was set";
  }
}

void Connection::answered(Workplace& place, Nanoseconds now) {
  Batch& batch = batches_.front();
  const bool open_loop = place.options.rate > 0;
  if (place.window.holds(open_loop ? batch.time : now)) place.tally.latency.add(now - batch.time);
  if (--batch.left == 0) batches_.pop_front();
  ++place.tally.requests;
  --in_flight_;
  values_ = 0;
  next_key_ = 0;
  reply_at_ = (reply_at_ + 1) % place.script.size();
}

}  // namespace arcus::bench
