// Cancel: one operator's wish to stop, seen by many threads. A Ctrl-C sets it; whoever waits in
// poll() adds fd(), whoever loops asks requested(). Setting it is safe in a signal handler.
#pragma once

#include <atomic>

#include "core/base/unique_fd.h"

namespace arcus {

class Cancel {
 public:
  Cancel();

  void request();  // idempotent, async-signal-safe
  bool requested() const { return requested_.load(std::memory_order_relaxed); }
  // Readable for ever once requested.
  int fd() const { return fd_.get(); }

 private:
  std::atomic<bool> requested_ = false;
  UniqueFd fd_;
};

}  // namespace arcus
