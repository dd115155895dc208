#include "daemon/net/worker.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "core/base/log.h"
#include "daemon/net/address.h"

namespace arcus::daemon {
namespace {

constexpr int kEventsAtOnce = 256;
// How often those are looked at who take nothing of their replies.
constexpr int kSlowLookMs = 1000;
// So many connections are shown at a time: that takes less than a tenth of a millisecond.
constexpr std::size_t kVisitAtOnce = 32;

std::string_view state_name(Connection::State state) {
  switch (state) {
    case Connection::State::kWaitsForRequest:
      return "conn_read";
    case Connection::State::kWaitsForValue:
      return "conn_nread";
    case Connection::State::kWaitsForReader:
      return "conn_mwrite";
    case Connection::State::kWaitsForTurn:
      break;
  }
  return "conn_parse_cmd";
}

ConnectionView view_of(const Connection& connection, Seconds now) {
  ConnectionView view;
  view.number = connection.fd();
  view.peer = peer_address(connection.fd());
  view.local = local_address(connection.fd());
  view.state = state_name(connection.state());
  // Its own worker may be a round ahead.
  view.idle = now - std::min(now, connection.last_active());
  return view;
}

}  // namespace

Worker::Worker(Engine& engine)
    : engine_(engine),
      stats_(engine.new_thread_stats()),
      place_(new Workplace{engine_, stats_, engine.config().requests_per_event, engine.now()}) {}

Worker::~Worker() {
  stop();
  engine_.connections().current -= load_;
}

void Worker::stop() {
  stop_ = true;
  if (!thread_.joinable()) return;
  wake();
  thread_.join();
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
  wake();  // for those that have been added already
  thread_ = std::thread([this] { loop(); });
  return {};
}

void Worker::wake() {
  eventfd_write(wake_.get(), 1);
}

void Worker::add(UniqueFd client) {
  ++load_;
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

bool Worker::visit(std::size_t& slot, const ConnectionVisitor& visitor) const {
  const Seconds now = engine_.now();
  const std::lock_guard lock(connections_mutex_);
  const std::size_t end = std::min(connections_.size(), slot + kVisitAtOnce);
  for (; slot < end; ++slot) visitor(view_of(*connections_[slot], now));
  return slot < connections_.size();
}

void Worker::loop() {
  std::array<epoll_event, kEventsAtOnce> events;
  while (!stop_) {
    const int timeout = !again_.empty() ? 0 : slow_.empty() ? -1 : kSlowLookMs;
    const int count = epoll_wait(epoll_.get(), events.data(), kEventsAtOnce, timeout);
    if (count < 0 && errno != EINTR) {
      log::error("a worker thread cannot wait for events: it stops");
      return;
    }
    place_->now = engine_.now();
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
    if (!again_.empty()) take_turns();
    if (!slow_.empty()) close_stalled();
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
  auto connection = std::make_unique<Connection>(std::move(client), place_->now);
  if ((engine_.attention() & Engine::kLogins) != 0) connection->require_login();
  Connection& opened = *connection;
  {
    const std::lock_guard lock(connections_mutex_);
    opened.slot = static_cast<std::uint32_t>(connections_.size());
    connections_.push_back(std::move(connection));
  }
  epoll_event event{};
  event.events = opened.events = EPOLLIN;
  event.data.ptr = &opened;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, opened.fd(), &event) != 0) close(opened);
}

void Worker::take_turns() {
  const auto turns = std::exchange(again_, {});
  for (Connection* connection : turns) connection->waits_again = false;
  for (Connection* connection : turns) obey(*connection, connection->again(*place_));
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
      if (!connection.listed_as_slow) slow_.push_back(&connection);
      connection.listed_as_slow = true;
      return watch(connection, EPOLLOUT);
    case Wish::kClose:
      return close(connection);
    case Wish::kAgain:
      break;
  }
  // What epoll tells of it until its turn is passed over: cheaper than to have it tell nothing.
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
  if (connection.listed_as_slow) std::erase(slow_, &connection);
  std::unique_ptr<Connection> closed;
  {
    const std::lock_guard lock(connections_mutex_);
    const std::size_t slot = connection.slot;
    std::swap(connections_[slot], connections_.back());
    connections_[slot]->slot = static_cast<std::uint32_t>(slot);
    closed = std::move(connections_.back());
    connections_.pop_back();
  }
  closed.reset();  // before it is no longer counted: its descriptor is free for the next one
  --load_;
  --engine_.connections().current;
}

void Worker::close_resting() {
  for (std::size_t i = connections_.size(); i-- > 0;) {
    if (connections_[i]->at_rest()) close(*connections_[i]);
  }
  finished_ = connections_.empty();
}

// Once a second at most.
void Worker::close_stalled() {
  if (place_->now == slow_seen_) return;
  slow_seen_ = place_->now;
  std::vector<Connection*> still;
  std::vector<Connection*> stalled;
  for (Connection* connection : slow_) {
    if (connection->stalled(place_->now)) {
      stalled.push_back(connection);
    } else if (connection->state() == Connection::State::kWaitsForReader) {
      still.push_back(connection);
    } else {
      connection->listed_as_slow = false;
    }
  }
  for (Connection* connection : stalled) {
    connection->listed_as_slow = false;
    stats_.slow_readers_dropped.add();
    close(*connection);
  }
  slow_ = std::move(still);
}

}  // namespace arcus::daemon
