// Which key comes next: all alike, or by Zipf's law. For the latter a table is made once (Walker's
// alias method), so that choosing costs the same for any number of keys; popularity is dealt out to
// the keys at random, with a fixed seed, so that popular keys are not neighbours.
//
// Read-only once made: any thread, each with a Random of its own.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/bench/load/random.h"

namespace arcus::bench {

class Distribution {
 public:
  static Distribution uniform(std::uint32_t keys) { return Distribution(keys); }
  // The key of rank r (from 1) is chosen in proportion to 1 / r^exponent.
  static Distribution zipf(std::uint32_t keys, double exponent);

  // 0 .. keys-1.
  std::uint32_t next(Random& random) const {
    const std::uint32_t key = random.below(keys_);
    if (slots_.empty()) return key;
    const Slot& slot = slots_[key];
    return (random.next() >> 32) < slot.own ? key : slot.other;
  }

 private:
  struct Slot {
    std::uint64_t own : 33;  // of 2^32: how often this slot means its own key
    std::uint64_t other : 31;
  };
  explicit Distribution(std::uint32_t keys) : keys_(keys) {}

  std::uint32_t keys_;
  std::vector<Slot> slots_;
};

}  // namespace arcus::bench
