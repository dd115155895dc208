// Worker: a thread with an epoll loop and the connections that were given to it; nobody else
// touches those. add(), load(), visit(), drain() and the destructor may be called from other
// threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/base/unique_fd.h"
#include "daemon/net/connection.h"

namespace arcus::daemon {

class Worker {
 public:
  explicit Worker(Engine& engine);
  ~Worker();  // stop(); its connections close

  Status start();
  void add(UniqueFd client);
  // How many connections it has been given that have not closed.
  std::size_t load() const { return load_.load(std::memory_order_relaxed); }
  // Shows some of its connections, from `slot` on, and moves that on; whether there are more.
  bool visit(std::size_t& slot, const ConnectionVisitor& visitor) const;
  // Ends the thread. For good.
  void stop();
  // From now on a connection that is at rest closes; finished() when none is left.
  void drain();
  bool finished() const { return finished_; }

 private:
  void loop();
  void wake();
  void take_new();
  void open(UniqueFd client);
  void take_turns();
  void handle(Connection& connection, unsigned happened);
  void obey(Connection& connection, Wish wish);
  void watch(Connection& connection, unsigned events);
  void close(Connection& connection);
  void close_resting();
  void close_stalled();

  Engine& engine_;
  ThreadStats& stats_;
  UniqueFd epoll_;
  UniqueFd wake_;
  std::unique_ptr<Workplace> place_;
  std::vector<Connection*> again_;
  std::vector<Connection*> slow_;  // wished kWrite, or did so since they were last looked at
  Seconds slow_seen_ = 0;          // when that was
  bool drain_seen_ = false;
  // Held where connections come and go, and by those who look at them from outside.
  mutable std::mutex connections_mutex_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::mutex inbox_mutex_;
  std::vector<UniqueFd> inbox_;
  std::atomic<std::size_t> load_ = 0;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> draining_ = false;
  std::atomic<bool> finished_ = false;
  std::thread thread_;
};

}  // namespace arcus::daemon
