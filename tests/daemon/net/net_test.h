// What tests of the network layer share: a clock they set, and a client's end of a socket pair.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/clock.h"
#include "core/base/unique_fd.h"

namespace arcus::daemon {

class FakeClock : public Clock {
 public:
  Steady now() const override { return Steady(std::chrono::seconds(100 + passed)); }
  Wall wall() const override { return Wall(std::chrono::seconds(1'700'000'000)); }
  std::atomic<int> passed = 0;
};

// What the client has; the other end is for the connection.
class Peer {
 public:
  // Both ends non-blocking; what goes to the client is buffered up to about `buffer` bytes.
  static std::pair<Peer, UniqueFd> connect(int buffer = 0) {
    int ends[2] = {-1, -1};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    if (buffer > 0) setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    return {Peer(UniqueFd(ends[0])), UniqueFd(ends[1])};
  }
  Peer() = default;
  explicit Peer(UniqueFd fd) : fd_(std::move(fd)) {}

  // All of it, waiting for whoever reads where the socket takes no more.
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t size = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size > 0) bytes.remove_prefix(static_cast<std::size_t>(size));
      ASSERT_TRUE(size > 0 || happens(POLLOUT)) << bytes.size() << " bytes left";
    }
  }
  // All that is there now.
  std::string received() {
    std::string all;
    char bytes[65536];
    ssize_t size = 0;
    while ((size = recv(fd_.get(), bytes, sizeof bytes, 0)) > 0) {
      all.append(bytes, static_cast<std::size_t>(size));
    }
    return all;
  }
  // Waits until that many bytes have come, or none comes any more.
  std::string wait_for(std::size_t size) {
    std::string all = received();
    while (all.size() < size && happens(POLLIN)) {
      const std::string more = received();
      if (more.empty()) break;
      all += more;
    }
    return all;
  }
  // Passes over what is there until the other end has closed.
  bool closed() {
    received();
    char byte = 0;
    return happens(POLLIN) && recv(fd_.get(), &byte, 1, MSG_PEEK) == 0;
  }
  void close() { fd_.reset(); }

 private:
  bool happens(short what) {
    pollfd polled{fd_.get(), what, 0};
    return poll(&polled, 1, 10'000) > 0;
  }

  UniqueFd fd_;
};

}  // namespace arcus::daemon
