#include "tests/bench/load/worker.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace arcus::bench {
namespace {

constexpr std::size_t kBufferSize = 512 * 1024;
constexpr int kEventsAtOnce = 256;
constexpr Nanoseconds kPatience = 10'000'000'000;

}  // namespace

Worker::Worker(const Options& options, const Script& script, const Share& share)
    : options_(options),
      share_(share),
      place_{options, script, tally_, {}, std::vector<char>(kBufferSize)},
      to_send_(share.operations) {}

Worker::~Worker() {
  if (thread_.joinable()) thread_.join();
}

Status Worker::connect() {
  epoll_.reset(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll_) return errno_error("epoll", errno);
  const std::size_t batches = place_.script.size() / options_.depth;
  for (std::size_t i = 0; i < share_.connections; ++i) {
    auto fd = connect_to(options_);
    if (!fd) return fd.error();
    const std::size_t turn = (share_.first_connection + i) * batches / options_.connections;
    connections_.push_back(
        std::make_unique<Connection>(std::move(*fd), options_, turn * options_.depth));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = connections_[i].get();
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, connections_[i]->fd(), &event) != 0) {
      return errno_error("epoll", errno);
    }
  }
  return {};
}

void Worker::start(Window window) {
  place_.window = window;
  seen_at_ = now_ns();
  thread_ = std::thread([this] {
    result_ = share_.rate > 0 ? open_loop() : closed_loop();
    ended_ = true;
  });
}

Status Worker::join() {
  thread_.join();
  return result_;
}

Status Worker::closed_loop() {
  for (auto& connection : connections_) {
    if (auto sent = top_up(*connection); !sent) return sent;
  }
  while (!stopped()) {
    if (share_.operations > 0 && tally_.requests >= share_.operations) return {};
    if (auto polled = poll(100); !polled) return polled;
  }
  return {};
}

// Never sleeps: a timer's slack and a wake-up would be taken for the server's latency.
Status Worker::open_loop() {
  Schedule schedule(now_ns(), share_.rate, options_.gaps, share_.seed);
  std::size_t turn = 0;
  while (!stopped()) {
    if (auto sent = send_what_is_due(schedule, turn); !sent) return sent;
    if (auto polled = poll(0); !polled) return polled;
  }
  return drain();
}

Status Worker::send_what_is_due(Schedule& schedule, std::size_t& turn) {
  const Nanoseconds now = now_ns();
  for (; schedule.next() <= now; schedule.advance()) {
    Connection& connection = *connections_[turn];
    turn = (turn + 1) % connections_.size();
    if (place_.window.holds(schedule.next())) tally_.lag.add(now - schedule.next());
    connection.add(1, schedule.next());
    if (auto sent = flush(connection); !sent) return sent;
  }
  return {};
}

// What was sent in time and is answered late is what the tail is made of.
Status Worker::drain() {
  const Nanoseconds limit = now_ns() + kPatience / 2;
  while (in_flight() > 0 && now_ns() < limit) {
    if (auto polled = poll(1); !polled) return polled;
  }
  tally_.unanswered = in_flight();
  return {};
}

Status Worker::poll(int timeout_ms) {
  std::array<epoll_event, kEventsAtOnce> events;
  const int count = epoll_wait(epoll_.get(), events.data(), kEventsAtOnce, timeout_ms);
  if (count < 0 && errno != EINTR) return errno_error("epoll", errno);
  for (int i = 0; i < count; ++i) {
    auto handled = handle(*static_cast<Connection*>(events[i].data.ptr), events[i].events);
    if (!handled) return handled;
  }
  if (count > 0) answered_.store(tally_.requests, std::memory_order_relaxed);
  return count > 0 ? Status{} : check_progress(now_ns());
}

Status Worker::handle(Connection& connection, std::uint32_t events) {
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
    if (auto received = connection.receive(place_); !received) return received;
  }
  if (share_.rate == 0) return top_up(connection);
  return connection.wants_to_write() ? flush(connection) : Status{};
}

Status Worker::top_up(Connection& connection) {
  std::size_t room = options_.depth - connection.in_flight();
  if (!options_.sliding && room < options_.depth) room = 0;
  if (share_.operations > 0) room = std::min<std::size_t>(room, to_send_);
  if (room > 0) {
    if (share_.operations > 0) to_send_ -= room;
    connection.add(room, now_ns());
  }
  return flush(connection);
}

Status Worker::flush(Connection& connection) {
  if (auto sent = connection.flush(place_.script); !sent) return sent;
  if (connection.wants_to_write() == connection.watched_for_writing) return {};
  connection.watched_for_writing = connection.wants_to_write();
  epoll_event event{};
  event.events = EPOLLIN | (connection.watched_for_writing ? EPOLLOUT : 0u);
  event.data.ptr = &connection;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.fd(), &event) != 0) {
    return errno_error("epoll", errno);
  }
  return {};
}

std::size_t Worker::in_flight() const {
  std::size_t sum = 0;
  for (const auto& connection : connections_) sum += connection->in_flight();
  return sum;
}

Status Worker::check_progress(Nanoseconds now) {
  if (tally_.requests != seen_) {
    seen_ = tally_.requests;
    seen_at_ = now;
  }
  if (now - seen_at_ < kPatience || in_flight() == 0) return {};
  return Error{ErrorCode::kTimeout,
               "no reply for 10 s, " + std::to_string(in_flight()) + " requests wait", false};
}

}  // namespace arcus::bench
