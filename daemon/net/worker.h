// Worker: a thread with an epoll loop and the connections that were given to it; nobody else
// touches those. add(), drain() and the destructor may be called from other threads.
#pragma once

#include <atomic>
#include <cstddef>
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
  ~Worker();  // stops the thread; its connections close

  Status start();
  void add(UniqueFd client);
  // From now on a connection that is at rest closes; finished() when none is left.
  void drain();
  bool finished() const { return finished_; }

 private:
  void loop();
  void wake();
  void take_new();
  void open(UniqueFd client);
  void handle(Connection& connection, unsigned happened);
  void obey(Connection& connection, Wish wish);
  void watch(Connection& connection, unsigned events);
  void close(Connection& connection);
  void close_resting();

  Engine& engine_;
  ThreadStats& stats_;
  UniqueFd epoll_;
  UniqueFd wake_;
  std::vector<char> buffer_;
  std::unique_ptr<Workplace> place_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> again_;
  bool drain_seen_ = false;
  std::mutex inbox_mutex_;
  std::vector<UniqueFd> inbox_;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> draining_ = false;
  std::atomic<bool> finished_ = false;
  std::thread thread_;
};

}  // namespace arcus::daemon
