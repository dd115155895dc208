// The one memory budget: everything the store holds (items, index, overhead of the allocator) is
// reserved here first and released when it is freed, whoever frees it. Any thread.
#pragma once

#include <atomic>
#include <cstddef>

namespace arcus::daemon {

class Memory {
 public:
  explicit Memory(std::size_t limit) : limit_(limit) {}

  void reserve(std::size_t size) { used_.fetch_add(size, std::memory_order_relaxed); }
  void release(std::size_t size) { used_.fetch_sub(size, std::memory_order_relaxed); }
  bool over() const { return used() > limit(); }

  std::size_t used() const { return used_.load(std::memory_order_relaxed); }
  std::size_t limit() const { return limit_.load(std::memory_order_relaxed); }
  // The part of it that sticky items hold.
  void add_sticky(std::size_t size) { sticky_.fetch_add(size, std::memory_order_relaxed); }
  void remove_sticky(std::size_t size) { sticky_.fetch_sub(size, std::memory_order_relaxed); }
  std::size_t sticky() const { return sticky_.load(std::memory_order_relaxed); }

  void set_limit(std::size_t limit) { limit_.store(limit, std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t> used_ = 0;
  std::atomic<std::size_t> sticky_ = 0;
  std::atomic<std::size_t> limit_;
};

}  // namespace arcus::daemon
