#include "daemon/supervisor/probe.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "core/base/text.h"

namespace arcus::daemon {
namespace {

constexpr std::string_view kKey = "arcus:supervisor-probe";
// Of `ready` it is not said.
constexpr std::string_view kUnauthorized = "CLIENT_ERROR unauthorized";
constexpr std::size_t kLongestAnswer = 4096;

// Takes a line from the front of `text`, without its end.
std::optional<std::string_view> next_line(std::string_view& text) {
  const auto end = text.find("\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 2);
  return line;
}

bool is_refusal(std::string_view line) {
  return line.starts_with("SERVER_ERROR") || line.starts_with("CLIENT_ERROR") ||
         line.starts_with("ERROR");
}

}  // namespace

Probe::Verdict judge_answer(std::string_view answer, std::string_view value,
                            std::string& trouble) {
  const auto stored = next_line(answer);
  if (!stored) return Probe::Verdict::kPending;
  // A full engine, or one whose clients must log in, does its work: it answers.
  const bool wants_login = *stored == kUnauthorized;
  if (is_refusal(*stored) && !wants_login) return Probe::Verdict::kGood;
  if (!wants_login && *stored != "STORED") {
    trouble = "it answers a set with " + printable(*stored);
    return Probe::Verdict::kBad;
  }
  const auto header = next_line(answer);
  if (!header) return Probe::Verdict::kPending;
  // Somebody's flush_all may have come between the two; that is no reason to doubt the engine.
  if (!wants_login && *header != "END") {
    const auto got = next_line(answer);
    const auto end = got ? next_line(answer) : std::nullopt;
    if (!end) return Probe::Verdict::kPending;
    if (*got != value || *end != "END") {
      trouble = "it gave back something else than was stored";
      return Probe::Verdict::kBad;
    }
  }
  const auto ready = next_line(answer);
  if (!ready) return Probe::Verdict::kPending;
  return *ready == "NOT_READY" ? Probe::Verdict::kNotReady : Probe::Verdict::kGood;
}

Probe::Verdict Probe::begin(const std::string& ip, std::uint16_t port, const std::string& value) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (::inet_pton(AF_INET, ip.c_str(), &address.sin_addr) != 1) return bad(ip + ": no address");
  value_ = value;
  answer_.clear();
  unsent_ = "set " + std::string(kKey) + " 0 60 " + std::to_string(value.size()) + "\r\n" + value +
            "\r\nget " + std::string(kKey) + "\r\nready\r\n";
  socket_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_) return bad(std::strerror(errno));
  if (::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 &&
      errno != EINPROGRESS) {
    return bad(std::strerror(errno));
  }
  return Verdict::kPending;
}

short Probe::events() const {
  return unsent_.empty() ? POLLIN : POLLOUT;
}

Probe::Verdict Probe::advance() {
  if (!unsent_.empty()) return send();
  return receive();
}

void Probe::end() {
  socket_.reset();
}

Probe::Verdict Probe::bad(std::string why) {
  trouble_ = std::move(why);
  end();
  return Verdict::kBad;
}

Probe::Verdict Probe::send() {
  int failure = 0;
  socklen_t size = sizeof failure;
  ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &failure, &size);
  if (failure != 0) return bad(std::strerror(failure));
  const ssize_t sent = ::send(socket_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) return bad(std::strerror(errno));
  if (sent > 0) unsent_.erase(0, static_cast<std::size_t>(sent));
  return Verdict::kPending;
}

Probe::Verdict Probe::receive() {
  std::array<char, 1024> piece{};
  const ssize_t got = ::recv(socket_.get(), piece.data(), piece.size(), 0);
  if (got < 0) {
    return errno == EAGAIN || errno == EINTR ? Verdict::kPending : bad(std::strerror(errno));
  }
  if (got == 0) return bad("it closed the connection");
  answer_.append(piece.data(), static_cast<std::size_t>(got));
  const Verdict verdict = judge_answer(answer_, value_, trouble_);
  if (verdict == Verdict::kPending && answer_.size() > kLongestAnswer) {
    return bad("it talks without end");
  }
  if (verdict != Verdict::kPending) end();
  return verdict;
}

}  // namespace arcus::daemon
