#include <algorithm>
#include <deque>
#include <vector>

#include "tests/bench/misses/ghosts.h"
#include "tests/bench/misses/policy.h"

namespace arcus::bench::misses {
namespace {

constexpr std::uint8_t kMostHits = 3;  // two bits

class S3Fifo final : public Policy {
 public:
  S3Fifo(const PolicyOptions& options, const S3FifoOptions& tuning)
      : capacity_(options.capacity),
        small_capacity_(
            static_cast<std::uint64_t>(static_cast<double>(options.capacity) * tuning.small_share)),
        tuning_(tuning),
        filling_(tuning.fill_main),
        items_(options.keys),
        ghosts_(options.keys) {}

  bool access(std::uint32_t key, std::uint32_t cost) override {
    Item& item = items_[key];
    if (item.cost != 0) {
      item.hits = std::min<std::uint8_t>(item.hits + 1, kMostHits);
      return true;
    }
    if (cost > capacity_) return false;
    const bool known = ghosts_.take(key, ghost_limit());
    while (small_.used + main_.used + cost > capacity_) {
      evict();
      filling_ = false;
    }
    item = {cost, 0};
    const bool overflow = filling_ && small_.used + cost > small_capacity_;
    push(known || overflow ? main_ : small_, key);
    return false;
  }

 private:
  struct Item {
    std::uint32_t cost = 0;  // 0: not cached
    std::uint8_t hits = 0;
  };
  struct Queue {
    std::deque<std::uint32_t> keys;
    std::uint64_t used = 0;
  };

  std::uint64_t ghost_limit() const {
    const auto items = static_cast<double>(small_.keys.size() + main_.keys.size());
    return static_cast<std::uint64_t>(items * (1 - tuning_.small_share) * tuning_.ghost_share);
  }
  void push(Queue& queue, std::uint32_t key) {
    queue.keys.push_back(key);
    queue.used += items_[key].cost;
  }
  std::uint32_t pop(Queue& queue) {
    const std::uint32_t key = queue.keys.front();
    queue.keys.pop_front();
    queue.used -= items_[key].cost;
    return key;
  }

  // Looks at the item whose turn it is; it is evicted unless it has earned to stay.
  void evict() {
    const bool from_small =
        main_.keys.empty() || (!small_.keys.empty() && small_.used >= small_capacity_);
    const std::uint32_t key = pop(from_small ? small_ : main_);
    Item& item = items_[key];
    if (from_small) {
      if (item.hits >= tuning_.hits_to_stay) {
        item.hits = 0;
        push(main_, key);
        return;
      }
      ghosts_.add(key);
    } else if (item.hits > 0) {
      --item.hits;
      push(main_, key);
      return;
    }
    item.cost = 0;
  }

  const std::uint64_t capacity_;
  const std::uint64_t small_capacity_;
  const S3FifoOptions tuning_;
  bool filling_;
  std::vector<Item> items_;
  Ghosts ghosts_;
  Queue small_;
  Queue main_;
};

}  // namespace

std::unique_ptr<Policy> make_s3fifo(const PolicyOptions& options, const S3FifoOptions& tuning) {
  return std::make_unique<S3Fifo>(options, tuning);
}

}  // namespace arcus::bench::misses
