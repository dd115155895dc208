// The one memory budget: everything the store holds (chunks of items and index, large values) is
// reserved here first and released when it is freed, whoever frees it. Any thread.
#pragma once

#include <atomic>
#include <cstddef>

namespace arcus::daemon {

class Memory {
 public:
  explicit Memory(std::size_t limit) : limit_(limit) {}

  // Within the limit, or not at all.
  bool try_reserve(std::size_t size) {
    std::size_t used = used_.load(std::memory_order_relaxed);
    do {
      if (used + size > limit()) return false;
    } while (!used_.compare_exchange_weak(used, used + size, std::memory_order_relaxed));
    return true;
  }
  // Whatever the limit; whoever does so makes room afterwards.
  void reserve(std::size_t size) { used_.fetch_add(size, std::memory_order_relaxed); }
  void release(std::size_t size) { used_.fetch_sub(size, std::memory_order_relaxed); }

  std::size_t used() const { return used_.load(std::memory_order_relaxed); }
  std::size_t limit() const { return limit_.load(std::memory_order_relaxed); }
  void set_limit(std::size_t limit) { limit_.store(limit, std::memory_order_relaxed); }
  bool over() const { return used() > limit(); }
  // Less than `size` is left: time to evict, so that nobody has to wait for it.
  bool short_of(std::size_t size) const { return used() + size > limit(); }

  // The part of it that sticky items hold.
  void add_sticky(std::size_t size) { sticky_.fetch_add(size, std::memory_order_relaxed); }
  void remove_sticky(std::size_t size) { sticky_.fetch_sub(size, std::memory_order_relaxed); }
  std::size_t sticky() const { return sticky_.load(std::memory_order_relaxed); }
  // The part in large values.
  void add_large(std::size_t size) { large_.fetch_add(size, std::memory_order_relaxed); }
  void remove_large(std::size_t size) {
    large_.fetch_sub(size, std::memory_order_relaxed);
    large_freed_.fetch_add(size, std::memory_order_relaxed);
  }
  // All that was ever freed of it.
  std::size_t large_freed() const { return large_freed_.load(std::memory_order_relaxed); }
  std::size_t large() const { return large_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t> used_ = 0;
  std::atomic<std::size_t> limit_;
  std::atomic<std::size_t> sticky_ = 0;
  std::atomic<std::size_t> large_ = 0;
  std::atomic<std::size_t> large_freed_ = 0;
};

}  // namespace arcus::daemon
