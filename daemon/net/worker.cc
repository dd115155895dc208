#include "daemon/net/worker.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "core/base/log.h"

namespace arcus::daemon {
namespace {

constexpr std::size_t kBufferSize = 64 * 1024;
constexpr int kEventsAtOnce = 256;

}  // namespace

Worker::Worker(Engine& engine)
    : engine_(engine), stats_(engine.new_thread_stats()), buffer_(kBufferSize) {
  place_ = std::make_unique<Workplace>(Workplace{engine_, stats_, buffer_, {}});
}

Worker::~Worker() {
  stop_ = true;
  if (thread_.joinable()) {
    wake();
    thread_.join();
  }
  engine_.connections().current -= connections_.size();
}

Status Worker::start() {
  epoll_.reset(epoll_create1(EPOLL_CLOEXEC));
  wake_.reset(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!epoll_ || !wake_) return errno_error("starting a worker thread", errno);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = nullptr;  // a connection otherwise
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0) {
    return errno_error("starting a worker thread", errno);
  }
  thread_ = std::thread([this] { loop(); });
  return {};
}

void Worker::wake() {
  eventfd_write(wake_.get(), 1);
}

void Worker::add(UniqueFd client) {
  {
    const std::lock_guard lock(inbox_mutex_);
    inbox_.push_back(std::move(client));
  }
  wake();
}

void Worker::drain() {
  draining_ = true;
  wake();
}

void Worker::loop() {
  std::array<epoll_event, kEventsAtOnce> events;
  while (!stop_) {
    const int timeout = again_.empty() ? -1 : 0;
    const int count = epoll_wait(epoll_.get(), events.data(), kEventsAtOnce, timeout);
    if (count < 0 && errno != EINTR) {
      log::error("a worker thread cannot wait for events: it stops");
      return;
    }
    bool woken = false;
    for (int i = 0; i < count; ++i) {
      auto* connection = static_cast<Connection*>(events[i].data.ptr);
      if (connection != nullptr) {
        handle(*connection, events[i].events);
      } else {
        woken = true;
      }
    }
    if (woken) take_new();
    const auto turns = std::exchange(again_, {});
    for (Connection* connection : turns) connection->waits_again = false;
    for (Connection* connection : turns) obey(*connection, connection->again(*place_));
    if (!draining_) continue;
    // One round more than the one that saw the wish: what had arrived by then is served.
    if (std::exchange(drain_seen_, true)) {
      close_resting();
    } else {
      wake();
    }
  }
}

void Worker::take_new() {
  eventfd_t ignored = 0;
  eventfd_read(wake_.get(), &ignored);
  std::vector<UniqueFd> fresh;
  {
    const std::lock_guard lock(inbox_mutex_);
    fresh.swap(inbox_);
  }
  for (auto& client : fresh) open(std::move(client));
}

void Worker::open(UniqueFd client) {
  auto connection = std::make_unique<Connection>(std::move(client));
  Connection& opened = *connection;
  opened.slot = connections_.size();
  connections_.push_back(std::move(connection));
  epoll_event event{};
  event.events = opened.events = EPOLLIN;
  event.data.ptr = &opened;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, opened.fd(), &event) != 0) close(opened);
}

void Worker::handle(Connection& connection, unsigned happened) {
  if (connection.waits_again) {
    // Its turn comes; only a dead peer is worth knowing now.
    if ((happened & (EPOLLERR | EPOLLHUP)) != 0) close(connection);
    return;
  }
  if ((happened & EPOLLIN) != 0) {
    obey(connection, connection.readable(*place_));
  } else if ((happened & EPOLLOUT) != 0 && (happened & EPOLLERR) == 0) {
    obey(connection, connection.writable(*place_));
  } else {
    close(connection);
  }
}

void Worker::obey(Connection& connection, Wish wish) {
  switch (wish) {
    case Wish::kRead:
      return watch(connection, EPOLLIN);
    case Wish::kWrite:
      return watch(connection, EPOLLOUT);
    case Wish::kClose:
      return close(connection);
    case Wish::kAgain:
      break;
  }
  watch(connection, 0);
  connection.waits_again = true;
  again_.push_back(&connection);
}

void Worker::watch(Connection& connection, unsigned events) {
  if (connection.events == events) return;
  epoll_event event{};
  event.events = connection.events = events;
  event.data.ptr = &connection;
  epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.fd(), &event);
}

void Worker::close(Connection& connection) {
  if (connection.waits_again) std::erase(again_, &connection);
  const std::size_t slot = connection.slot;
  std::swap(connections_[slot], connections_.back());
  connections_[slot]->slot = slot;
  connections_.pop_back();
  --engine_.connections().current;
}

void Worker::close_resting() {
  for (std::size_t i = connections_.size(); i-- > 0;) {
    if (connections_[i]->at_rest()) close(*connections_[i]);
  }
  finished_ = connections_.empty();
}

}  // namespace arcus::daemon
