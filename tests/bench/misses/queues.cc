// FIFO and LRU: one list, which a hit leaves alone or renews.
#include <vector>

#include "tests/bench/misses/policy.h"

namespace arcus::bench::misses {
namespace {

class ListPolicy final : public Policy {
 public:
  ListPolicy(const PolicyOptions& options, bool renew_hits)
      : capacity_(options.capacity),
        renew_hits_(renew_hits),
        end_(options.keys),
        links_(options.keys + std::size_t{1}) {
    links_[end_] = {end_, end_, 0};
  }

  bool access(std::uint32_t key, std::uint32_t cost) override {
    if (links_[key].cost != 0) {
      if (renew_hits_) {
        unlink(key);
        append(key);
      }
      return true;
    }
    if (cost > capacity_) return false;
    while (used_ + cost > capacity_) evict(links_[end_].newer);
    links_[key].cost = cost;
    used_ += cost;
    append(key);
    return false;
  }

 private:
  struct Link {
    std::uint32_t older, newer;
    std::uint32_t cost;  // 0: not cached
  };

  void append(std::uint32_t key) {
    const std::uint32_t last = links_[end_].older;
    links_[key].older = last;
    links_[key].newer = end_;
    links_[last].newer = key;
    links_[end_].older = key;
  }
  void unlink(std::uint32_t key) {
    links_[links_[key].older].newer = links_[key].newer;
    links_[links_[key].newer].older = links_[key].older;
  }
  void evict(std::uint32_t key) {
    unlink(key);
    used_ -= links_[key].cost;
    links_[key].cost = 0;
  }

  const std::uint64_t capacity_;
  const bool renew_hits_;
  const std::uint32_t end_;  // stands before the oldest and after the newest
  std::vector<Link> links_;
  std::uint64_t used_ = 0;
};

}  // namespace

std::unique_ptr<Policy> make_fifo(const PolicyOptions& options) {
  return std::make_unique<ListPolicy>(options, false);
}

std::unique_ptr<Policy> make_lru(const PolicyOptions& options) {
  return std::make_unique<ListPolicy>(options, true);
}

}  // namespace arcus::bench::misses
