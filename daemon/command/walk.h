// A walk through the whole store on a thread of its own, in slices with pauses, one at a time: what
// scrub and dump do in the background. Any thread may start and stop it; destroying it ends it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace arcus::daemon {

class Walk {
 public:
  // One slice; false: it was the last.
  using Slice = std::function<bool()>;
  // Called once, after the last slice or when stopped.
  using Finish = std::function<void(bool stopped)>;

  ~Walk();

  // False: one is under way.
  bool start(Slice slice, Finish finish);
  void stop();
  bool running() const { return running_; }

 private:
  void run(const Slice& slice, const Finish& finish);

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  std::atomic<bool> running_ = false;
  std::thread thread_;
};

}  // namespace arcus::daemon
