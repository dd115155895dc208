// LargeValue: a value too large for the log, in an allocation of its own with a count of
// references: one is the item's, others those of whoever receives or sends it, without any lock.
// Its bytes do not change while anybody but one holds it. The memory counts against the budget
// until the last reference goes. Any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "daemon/memory/memory.h"

namespace arcus::daemon {

class LargeValue {
 public:
  // With one reference; null when the machine has no memory. The budget is charged, whatever it is.
  static LargeValue* create(Memory& memory, std::size_t value_size);

  char* data() { return reinterpret_cast<char*>(this + 1); }
  const char* data() const { return reinterpret_cast<const char*>(this + 1); }
  // Without and with the CR LF, which is kept so that a reply sends both in one piece.
  std::string_view value() const { return {data(), size_}; }
  std::string_view line() const { return {data(), size_ + 2}; }
  std::size_t footprint() const { return footprint_; }  // bytes of the budget

  void acquire() { references_.fetch_add(1, std::memory_order_relaxed); }
  void release();
  // Nobody else has it now, and nobody can get it but through the caller.
  bool alone() const { return references_.load(std::memory_order_acquire) == 1; }

 private:
  LargeValue(Memory& memory, std::size_t size, std::size_t footprint)
      : memory_(memory), size_(size), footprint_(footprint) {}

  Memory& memory_;
  const std::size_t size_;
  const std::size_t footprint_;
  std::atomic<std::uint32_t> references_ = 1;
};

// The heap as large values want it: one arena, since several keep apart what one could use again,
// and the largest blocks mapped on their own. Once, before there are threads.
void tune_heap();
// Gives back pages that lie free between blocks.
void trim_heap();

// A counted reference; may pass from thread to thread.
class LargeRef {
 public:
  LargeRef() = default;
  explicit LargeRef(LargeValue* adopted) : value_(adopted) {}  // takes over one reference
  static LargeRef share(LargeValue* value) {
    if (value != nullptr) value->acquire();
    return LargeRef(value);
  }
  LargeRef(LargeRef&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}
  LargeRef& operator=(LargeRef&& other) noexcept {
    reset();
    value_ = std::exchange(other.value_, nullptr);
    return *this;
  }
  ~LargeRef() { reset(); }

  explicit operator bool() const { return value_ != nullptr; }
  LargeValue* operator->() const { return value_; }
  LargeValue* get() const { return value_; }
  LargeValue* release() { return std::exchange(value_, nullptr); }
  void reset() {
    if (value_ != nullptr) std::exchange(value_, nullptr)->release();
  }

 private:
  LargeValue* value_ = nullptr;
};

}  // namespace arcus::daemon
