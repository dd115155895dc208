#include "tests/bench/misses/simulate.h"

namespace arcus::bench::misses {
namespace {

template <int kSmallPercent, int kHitsToStay, int kGhostPercent>
std::unique_ptr<Policy> s3fifo(const PolicyOptions& options) {
  return make_s3fifo(options, {kSmallPercent / 100.0, kHitsToStay, kGhostPercent / 100.0});
}

std::unique_ptr<Policy> filling_main(const PolicyOptions& options) {
  return make_s3fifo(options, {.fill_main = true});
}

template <int kSegmentBytes, int kHitsToStay>
std::unique_ptr<Policy> segmented(const PolicyOptions& options) {
  return make_segmented_s3fifo(options, {.hits_to_stay = kHitsToStay}, kSegmentBytes);
}

}  // namespace

const std::vector<Contender>& contenders() {
  static const std::vector<Contender> kContenders = {
      {"LRU", make_lru},
      {"FIFO", make_fifo},
      {"S3-FIFO", s3fifo<10, 2, 100>},
      {"1 hit", s3fifo<10, 1, 100>},
      {"half ghosts", s3fifo<10, 2, 50>},
      {"half ghosts, 1 hit", s3fifo<10, 1, 50>},
      {"small 5 %", s3fifo<5, 2, 100>},
      {"small 20 %", s3fifo<20, 2, 100>},
      {"small 20 %, 1 hit", s3fifo<20, 1, 100>},
      {"main filled first", filling_main},
      {"32 KB segments", segmented<32 * 1024, 2>, true},
      {"segments, 1 hit", segmented<32 * 1024, 1>, true},
  };
  return kContenders;
}

double miss_ratio(const Contender& contender, const DenseTrace& trace,
                  const SimulationOptions& options) {
  const auto keys = static_cast<std::uint32_t>(trace.bytes.size());
  const std::unique_ptr<Policy> policy = contender.make({options.capacity, keys});
  const auto first =
      static_cast<std::size_t>(static_cast<double>(trace.requests.size()) * options.warm_up);
  std::uint64_t misses = 0;
  for (std::size_t i = 0; i < trace.requests.size(); ++i) {
    const std::uint32_t key = trace.requests[i];
    const std::uint32_t cost = options.by_items ? 1 : trace.bytes[key] + options.overhead;
    const bool hit = policy->access(key, cost);
    if (!hit && i >= first) ++misses;
  }
  return static_cast<double>(misses) / static_cast<double>(trace.requests.size() - first);
}

}  // namespace arcus::bench::misses
