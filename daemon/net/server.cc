#include "daemon/net/server.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <string_view>

#include "core/base/log.h"
#include "daemon/net/address.h"

namespace arcus::daemon {

Server::Server(Engine& engine, std::vector<Listener> listeners)
    : engine_(engine), listeners_(std::move(listeners)) {}

Server::~Server() {
  stop_accepting();
  // Any of them may be looking at the connections of any other until it has ended.
  for (auto& worker : workers_) worker->stop();
}

Status Server::start() {
  for (const Listener& listener : listeners_) {
    const int fd = listener.fd.get();
    listening_.push_back({fd, local_address(fd), "", "conn_listening", 0});
  }
  engine_.visit_connections = [this](ConnectionCursor& cursor, const ConnectionVisitor& visitor) {
    return visit(cursor, visitor);
  };
  engine_.client_ip = peer_ip;
  for (unsigned i = 0; i < engine_.config().threads; ++i) {
    workers_.push_back(std::make_unique<Worker>(engine_));
    if (const Status status = workers_.back()->start(); !status) return status;
  }
  engine_.connections().listening = listeners_.size();
  // Only now: the first connection may look at all workers.
  acceptor_ = std::thread([this] { accept_loop(); });
  return {};
}

void Server::stop_accepting() {
  if (!acceptor_.joinable()) return;
  stop_.request();
  acceptor_.join();
  listeners_.clear();
}

void Server::drain(const Deadline& deadline) {
  stop_accepting();
  for (auto& worker : workers_) worker->drain();
  for (auto& worker : workers_) {
    while (!worker->finished() && !deadline.passed()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
}

void Server::accept_loop() {
  std::vector<pollfd> polled;
  for (const Listener& listener : listeners_) polled.push_back({listener.fd.get(), POLLIN, 0});
  polled.push_back({stop_.fd(), POLLIN, 0});
  while (!stop_.requested()) {
    if (poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) {
      log::error("cannot wait for connections: no more are accepted");
      return;
    }
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
      if (polled[i].revents == 0) continue;
      while (!stop_.requested() && accept_one(polled[i].fd)) {
      }
    }
  }
}

// Whether there may be another one.
bool Server::accept_one(int listener) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  UniqueFd client(
      accept4(listener, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!client) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
      log::warning("a connection has to wait: the process or machine is out of descriptors");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return errno == ECONNABORTED;
  }
  ConnectionStats& counts = engine_.connections();
  if (!may_come_in(peer)) {
    ++counts.rejected;
    refuse(std::move(client));
    return true;
  }
  ++counts.current;
  ++counts.total;
  least_loaded().add(std::move(client));
  return true;
}

bool Server::may_come_in(const sockaddr_storage& peer) const {
  const std::uint64_t limit = engine_.settings().connections;
  const std::uint64_t current = engine_.connections().current;
  return current < limit || (current < limit + kReservedConnections && is_loopback(peer));
}

// Clients hold on to their connections: what matters is who has how many, not who had the last.
Worker& Server::least_loaded() {
  std::size_t best = next_worker_;
  for (std::size_t i = 1; i < workers_.size(); ++i) {
    const std::size_t other = (next_worker_ + i) % workers_.size();
    if (workers_[other]->load() < workers_[best]->load()) best = other;
  }
  next_worker_ = (best + 1) % workers_.size();
  return *workers_[best];
}

bool Server::visit(ConnectionCursor& cursor, const ConnectionVisitor& visitor) const {
  if (cursor.group == 0) {
    for (const ConnectionView& listener : listening_) visitor(listener);
    cursor = {1, 0};
    return !workers_.empty();
  }
  if (cursor.group > workers_.size()) return false;
  if (!workers_[cursor.group - 1]->visit(cursor.slot, visitor)) cursor = {cursor.group + 1, 0};
  return cursor.group <= workers_.size();
}

void Server::refuse(UniqueFd client) {
  constexpr std::string_view kTooMany = "ERROR Too many open connections\r\n";
  // Closing over unread bytes would reset the connection and take the line away with it.
  char drop[4096];
  send(client.get(), kTooMany.data(), kTooMany.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  shutdown(client.get(), SHUT_WR);
  while (recv(client.get(), drop, sizeof drop, MSG_DONTWAIT) > 0) {
  }
}

}  // namespace arcus::daemon
