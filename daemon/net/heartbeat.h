// Heartbeat: the node of a cloud speaks to itself over its own port, as a client does, and stores a
// key. When it does not answer for too long (`config hbfailstop`), it is of no use to its cloud, and
// the callback is to end it. Owned by main; has a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "daemon/command/engine.h"

namespace arcus::daemon {

// What is known of the last beats: pure. Beats that take longer than the timeout add up until one
// does not.
class Pulse {
 public:
  // Whether the node has failed for good. All in milliseconds; failstop 0: never.
  bool beat(std::uint32_t took, std::uint32_t timeout, std::uint32_t failstop);
  bool missed() const { return missed_ > 0; }

 private:
  std::uint64_t missed_ = 0;
};

class Heartbeat {
 public:
  Heartbeat(Engine& engine, std::string host, std::uint16_t port, std::function<void()> failed);
  ~Heartbeat();

  static constexpr std::chrono::seconds kPause{3};

 private:
  void run();
  std::uint32_t beat() const;

  Engine& engine_;
  const std::string host_;
  const std::uint16_t port_;
  const std::function<void()> failed_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  std::thread thread_;
};

// The address to speak to, of those that the engine listens on.
std::string heartbeat_host(const Config& config);

}  // namespace arcus::daemon
