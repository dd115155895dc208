// What the membership's thread is to do next: events from the ZooKeeper library's thread, which
// must not block, and tasks from others. Any thread pushes; one pops.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <variant>

#include "core/base/clock.h"
#include "daemon/membership/session_machine.h"

namespace arcus::daemon {

class EventQueue {
 public:
  // `session`: which of the node's sessions it is about; those of an earlier one mean nothing.
  struct Event {
    int session = 0;
    SessionEvent what;
  };
  using Task = std::function<void()>;
  using Item = std::variant<Event, Task>;

  // False when the queue is closed.
  bool push(Item item) {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    items_.push_back(std::move(item));
    changed_.notify_all();
    return true;
  }
  void retry_after(std::chrono::milliseconds pause, int session) {
    const std::lock_guard lock(mutex_);
    retry_ = Deadline::in(pause);
    retry_session_ = session;
  }
  // Nothing when the queue is closed.
  std::optional<Item> pop() {
    std::unique_lock lock(mutex_);
    while (!closed_ && items_.empty()) {
      if (!retry_) {
        changed_.wait(lock);
      } else if (retry_->passed()) {
        retry_.reset();
        return Event{retry_session_, {SessionEvent::Kind::kRetryDue}};
      } else {
        changed_.wait_for(lock, retry_->left());
      }
    }
    if (closed_) return std::nullopt;
    Item item = std::move(items_.front());
    items_.pop_front();
    return item;
  }
  // Tasks that were not begun are dropped: who waits for one sees its promise broken.
  void close() {
    std::deque<Item> dropped;
    const std::lock_guard lock(mutex_);
    closed_ = true;
    dropped.swap(items_);
    changed_.notify_all();
  }
  bool closed() {
    const std::lock_guard lock(mutex_);
    return closed_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> items_;
  std::optional<Deadline> retry_;
  int retry_session_ = 0;
  bool closed_ = false;
};

}  // namespace arcus::daemon
