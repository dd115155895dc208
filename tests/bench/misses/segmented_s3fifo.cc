#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "tests/bench/misses/ghosts.h"
#include "tests/bench/misses/policy.h"

namespace arcus::bench::misses {
namespace {

constexpr std::uint8_t kMostHits = 3;

class SegmentedS3Fifo final : public Policy {
 public:
  SegmentedS3Fifo(const PolicyOptions& options, const S3FifoOptions& tuning,
                  std::uint32_t segment_bytes)
      : segment_bytes_(segment_bytes),
        // One is kept free, to copy into.
        free_(options.capacity / segment_bytes - 1),
        small_segments_(static_cast<std::uint64_t>(
            static_cast<double>(options.capacity / segment_bytes) * tuning.small_share)),
        tuning_(tuning),
        items_(options.keys),
        ghosts_(options.keys) {}

  bool access(std::uint32_t key, std::uint32_t cost) override {
    Item& item = items_[key];
    if (item.cost != 0) {
      item.hits = std::min<std::uint8_t>(item.hits + 1, kMostHits);
      return true;
    }
    if (cost > segment_bytes_) return false;
    Queue& queue = ghosts_.take(key, ghost_limit()) ? main_ : small_;
    while (!fits(queue, cost) && free_ <= 0) evict_segment();
    append(queue, key, cost);
    return false;
  }

 private:
  struct Item {
    std::uint32_t cost = 0;  // 0: not cached
    std::uint8_t hits = 0;
  };
  struct Segment {
    std::vector<std::uint32_t> keys;
    std::uint64_t used = 0;
  };
  struct Queue {
    std::deque<Segment> segments;  // the last one is being filled
    std::uint64_t items = 0;
  };

  std::uint64_t ghost_limit() const {
    const auto items = static_cast<double>(small_.items + main_.items);
    return static_cast<std::uint64_t>(items * (1 - tuning_.small_share) * tuning_.ghost_share);
  }
  bool fits(const Queue& queue, std::uint32_t cost) const {
    return !queue.segments.empty() && queue.segments.back().used + cost <= segment_bytes_;
  }
  void append(Queue& queue, std::uint32_t key, std::uint32_t cost) {
    if (!fits(queue, cost)) {
      queue.segments.emplace_back();
      --free_;
    }
    queue.segments.back().keys.push_back(key);
    queue.segments.back().used += cost;
    ++queue.items;
    items_[key].cost = cost;
  }

  // Frees the oldest segment of the queue whose turn it is. Its items that have earned to stay go
  // to the end of the main queue, into the segment that is kept for it at the worst.
  void evict_segment() {
    const bool from_small = main_.segments.size() < 2 || small_.segments.size() > small_segments_;
    Queue& queue = from_small ? small_ : main_;
    const Segment segment = std::move(queue.segments.front());
    queue.segments.pop_front();
    queue.items -= segment.keys.size();
    ++free_;
    for (const std::uint32_t key : segment.keys) {
      Item& item = items_[key];
      const std::uint32_t cost = std::exchange(item.cost, 0);
      if (from_small) {
        if (item.hits < tuning_.hits_to_stay) {
          ghosts_.add(key);
          item.hits = 0;
          continue;
        }
        item.hits = 0;
      } else {
        if (item.hits == 0) continue;
        --item.hits;
      }
      append(main_, key, cost);
    }
  }

  const std::uint32_t segment_bytes_;
  std::int64_t free_;
  const std::uint64_t small_segments_;
  const S3FifoOptions tuning_;
  std::vector<Item> items_;
  Ghosts ghosts_;
  Queue small_;
  Queue main_;
};

}  // namespace

std::unique_ptr<Policy> make_segmented_s3fifo(const PolicyOptions& options,
                                              const S3FifoOptions& tuning,
                                              std::uint32_t segment_bytes) {
  return std::make_unique<SegmentedS3Fifo>(options, tuning, segment_bytes);
}

}  // namespace arcus::bench::misses
