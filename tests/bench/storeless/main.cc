// arcus-bench-storeless: a server that keeps nothing, and so the floor for any that does. One
// thread, one epoll loop; for each readiness one recv, and one send with a fixed answer to every
// request that was whole: a value to a get, STORED to a set.
//   arcus-bench-storeless PORT [VALUE_SIZE [KEY_SIZE]]
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/unique_fd.h"

namespace arcus::bench {
namespace {

constexpr std::size_t kBufferSize = 64 * 1024;
constexpr int kEventsAtOnce = 256;

struct Client {
  UniqueFd fd;
  std::size_t skip = 0;  // of a value that is arriving, its end of line included
  std::string rest;      // a line that has not arrived whole
};

struct Answers {
  std::string get;
  std::string set = "STORED\r\n";
  std::string other = "ERROR\r\n";
};

// How long the value behind "set key flags exptime size" is, its end of line included.
std::size_t body_size(std::string_view line) {
  const std::string_view digits = line.substr(line.rfind(' ') + 1);
  std::size_t size = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), size);
  return size + 2;
}

// Answers what is whole of `bytes`; returns what is left of them.
std::string_view answer(std::string_view bytes, Client& client, const Answers& answers,
                        std::string& replies) {
  while (true) {
    const std::size_t skipped = std::min(client.skip, bytes.size());
    bytes.remove_prefix(skipped);
    client.skip -= skipped;
    // The answer to a set goes out with its value's last byte.
    if (skipped > 0 && client.skip == 0) replies += answers.set;
    if (bytes.empty()) return bytes;
    const void* newline = std::memchr(bytes.data(), '\n', bytes.size());
    if (newline == nullptr) return bytes;
    const std::size_t length = static_cast<const char*>(newline) - bytes.data() + 1;
    if (bytes.starts_with("get")) {
      replies += answers.get;
    } else if (bytes.starts_with("set")) {
      client.skip = body_size(bytes.substr(0, length - 2));
    } else {
      replies += answers.other;
    }
    bytes.remove_prefix(length);
  }
}

// The client reads what it asked for, so that waiting for it is no danger.
bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return false;
    if (sent < 0) {
      pollfd room{fd, POLLOUT, 0};
      poll(&room, 1, -1);
      continue;
    }
    bytes.remove_prefix(sent);
  }
  return true;
}

class Server {
 public:
  Server(std::uint16_t port, Answers answers);
  int run();

 private:
  void accept_one();
  bool serve(Client& client);

  Answers answers_;
  UniqueFd listener_;
  UniqueFd epoll_;
  std::vector<char> buffer_;
  std::string replies_;
};

Server::Server(std::uint16_t port, Answers answers)
    : answers_(std::move(answers)), buffer_(kBufferSize) {
  listener_.reset(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_.get(), SOMAXCONN) != 0) {
    listener_.reset();
    return;
  }
  epoll_.reset(epoll_create1(EPOLL_CLOEXEC));
  epoll_event event{};
  event.events = EPOLLIN;  // and no client
  epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), &event);
}

int Server::run() {
  if (!epoll_) {
    std::perror("arcus-bench-storeless");
    return 1;
  }
  std::array<epoll_event, kEventsAtOnce> events;
  while (true) {
    const int count = epoll_wait(epoll_.get(), events.data(), kEventsAtOnce, -1);
    for (int i = 0; i < count; ++i) {
      auto* client = static_cast<Client*>(events[i].data.ptr);
      if (client == nullptr) {
        accept_one();
      } else if (!serve(*client)) {
        delete client;  // NOLINT: epoll was its owner
      }
    }
  }
}

void Server::accept_one() {
  auto client = std::make_unique<Client>();
  client->fd.reset(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!client->fd) return;
  const int on = 1;
  setsockopt(client->fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = client.get();
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, client->fd.get(), &event) == 0) client.release();
}

bool Server::serve(Client& client) {
  std::memcpy(buffer_.data(), client.rest.data(), client.rest.size());
  const std::size_t room = buffer_.size() - client.rest.size();
  const ssize_t got = recv(client.fd.get(), buffer_.data() + client.rest.size(), room, 0);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  if (got == 0) return false;
  replies_.clear();
  const std::string_view bytes(buffer_.data(), client.rest.size() + got);
  client.rest = answer(bytes, client, answers_, replies_);
  return send_all(client.fd.get(), replies_);
}

// 0 when `word` is no number.
unsigned long number(const char* word) {
  unsigned long value = 0;
  const char* const end = word + std::strlen(word);
  return std::from_chars(word, end, value).ptr == end ? value : 0;
}

}  // namespace
}  // namespace arcus::bench

int main(int argc, char** argv) {
  using arcus::bench::number;
  const unsigned long port = argc > 1 ? number(argv[1]) : 0;
  if (port == 0 || port > 65535) {
    std::fputs("usage: arcus-bench-storeless PORT [VALUE_SIZE [KEY_SIZE]]\n", stderr);
    return 2;
  }
  const unsigned long value = argc > 2 ? number(argv[2]) : 32;
  const unsigned long key = argc > 3 ? number(argv[3]) : 16;
  arcus::bench::Answers answers;
  answers.get = "VALUE " + std::string(key, 'k') + " 0 " + std::to_string(value) + "\r\n" +
                std::string(value, 'v') + "\r\nEND\r\n";
  return arcus::bench::Server(static_cast<std::uint16_t>(port), answers).run();
}
