// Counts of nanoseconds in buckets that are at most 0.8 % wide: 128 for each power of two. Belongs
// to one thread; those of several threads are added when they are done.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace arcus::bench {

class Histogram {
 public:
  Histogram() : counts_((64 - kBits + 1) * kSteps) {}

  void add(std::uint64_t value) {
    ++counts_[bucket(value)];
    ++count_;
    sum_ += value;
    if (value > max_) max_ = value;
  }
  void add(const Histogram& other);

  std::uint64_t count() const { return count_; }
  std::uint64_t max() const { return max_; }
  double mean() const { return count_ == 0 ? 0 : static_cast<double>(sum_) / count_; }
  // The least value that `fraction` of all are not above, rounded up to its bucket's end.
  std::uint64_t quantile(double fraction) const;

 private:
  static constexpr int kBits = 7;
  static constexpr std::uint64_t kSteps = 1 << kBits;

  // Below 2 * kSteps every value is a bucket; from there on the leading kBits + 1 bits count.
  static std::size_t bucket(std::uint64_t value) {
    if (value < 2 * kSteps) return value;
    const int shift = std::bit_width(value) - kBits - 1;
    return (shift << kBits) + (value >> shift);
  }
  static std::uint64_t last_of(std::size_t bucket);

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace arcus::bench
