#include "daemon/net/server.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <string_view>

#include "core/base/log.h"

namespace arcus::daemon {

Server::Server(Engine& engine, std::vector<Listener> listeners)
    : engine_(engine), listeners_(std::move(listeners)) {}

Server::~Server() {
  stop_accepting();
}

Status Server::start() {
  for (unsigned i = 0; i < engine_.config().threads; ++i) {
    workers_.push_back(std::make_unique<Worker>(engine_));
    if (const Status status = workers_.back()->start(); !status) return status;
  }
  engine_.connections().listening = listeners_.size();
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
  UniqueFd client(accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!client) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
      log::warning("a connection has to wait: the process or machine is out of descriptors");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return errno == ECONNABORTED;
  }
  ConnectionStats& counts = engine_.connections();
  if (counts.current >= engine_.settings().connections) {
    ++counts.rejected;
    refuse(std::move(client));
    return true;
  }
  ++counts.current;
  ++counts.total;
  workers_[next_worker_++ % workers_.size()]->add(std::move(client));
  return true;
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
