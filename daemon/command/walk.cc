#include "daemon/command/walk.h"

#include <chrono>
#include <utility>

namespace arcus::daemon {
namespace {

// So that a walk takes no more than a part of a processor.
constexpr std::chrono::milliseconds kPause{1};

}  // namespace

Walk::~Walk() {
  stop();
  if (thread_.joinable()) thread_.join();
}

bool Walk::start(Slice slice, Finish finish) {
  const std::lock_guard lock(mutex_);
  if (running_) return false;
  if (thread_.joinable()) thread_.join();
  stop_ = false;
  running_ = true;
  thread_ = std::thread([this, slice = std::move(slice), finish = std::move(finish)] {
    run(slice, finish);
    running_ = false;
  });
  return true;
}

void Walk::stop() {
  const std::lock_guard lock(mutex_);
  stop_ = true;
  changed_.notify_all();
}

void Walk::run(const Slice& slice, const Finish& finish) {
  while (slice()) {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, kPause, [this] { return stop_; })) {
      lock.unlock();
      return finish(true);
    }
  }
  finish(false);
}

}  // namespace arcus::daemon
