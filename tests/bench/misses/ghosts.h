// The keys that were evicted last, without their items: a FIFO queue of bounded length.
#pragma once

#include <cstdint>
#include <vector>

namespace arcus::bench::misses {

class Ghosts {
 public:
  explicit Ghosts(std::uint32_t keys) : added_(keys, 0) {}

  void add(std::uint32_t key) { added_[key] = ++clock_; }

  // Whether the key is among the last `limit` that were added; it is not any more afterwards.
  bool take(std::uint32_t key, std::uint64_t limit) {
    const std::uint64_t when = added_[key];
    added_[key] = 0;
    return when != 0 && clock_ - when < limit;
  }

 private:
  std::vector<std::uint64_t> added_;  // by key: the count of additions then, 0 for never
  std::uint64_t clock_ = 0;
};

}  // namespace arcus::bench::misses
