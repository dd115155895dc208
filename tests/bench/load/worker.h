// One thread of the generator: an epoll loop over connections of its own.
//
// Made, connected and joined by the thread that runs the whole; `answered()`, `ended()` and
// `stop()` are for any thread, everything else is the worker's until it has ended.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "tests/bench/load/connection.h"
#include "tests/bench/load/schedule.h"

namespace arcus::bench {

// A thread's share of a run.
struct Share {
  std::size_t connections = 1;
  std::size_t first_connection = 0;  // counted over all threads
  std::uint64_t operations = 0;      // 0: until stopped
  double rate = 0;
  std::uint64_t seed = 1;
};

class Worker {
 public:
  Worker(const Options& options, const Script& script, const Share& share);
  ~Worker();

  Status connect();
  // Runs until it is stopped, or until the share's operations are answered.
  void start(Window window);
  void stop() { stop_.store(true, std::memory_order_relaxed); }
  Status join();

  // By itself or because it was stopped.
  bool ended() const { return ended_.load(std::memory_order_relaxed); }
  std::uint64_t answered() const { return answered_.load(std::memory_order_relaxed); }
  const Tally& tally() const { return tally_; }

 private:
  bool stopped() const { return stop_.load(std::memory_order_relaxed); }
  Status closed_loop();
  Status open_loop();
  Status drain();
  Status send_what_is_due(Schedule& schedule, std::size_t& turn);
  Status poll(int timeout_ms);
  Status handle(Connection& connection, std::uint32_t events);
  Status top_up(Connection& connection);
  Status flush(Connection& connection);
  std::size_t in_flight() const;
  Status check_progress(Nanoseconds now);

  const Options& options_;
  Share share_;
  Tally tally_;
  Workplace place_;
  UniqueFd epoll_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::uint64_t to_send_ = 0;  // of the share's operations
  std::uint64_t seen_ = 0;     // answers when progress was last seen
  Nanoseconds seen_at_ = 0;
  std::atomic<std::uint64_t> answered_ = 0;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> ended_ = false;
  Status result_;
  std::thread thread_;
};

}  // namespace arcus::bench
