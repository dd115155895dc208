// Eviction policies in their ideal form, to judge an engine by: what would this policy have missed
// on the same trace? They know keys as small numbers (dense_trace.h) and items as a cost, which is
// bytes, or 1 where items are counted. One thread.
#pragma once

#include <cstdint>
#include <memory>

namespace arcus::bench::misses {

struct PolicyOptions {
  std::uint64_t capacity = 0;  // the most that the costs of all items may add up to
  std::uint32_t keys = 0;      // keys are 0 .. keys - 1
};

class Policy {
 public:
  virtual ~Policy() = default;
  // One request: true for a hit. What is missed is stored; `cost` is the key's own, always the
  // same.
  virtual bool access(std::uint32_t key, std::uint32_t cost) = 0;
};

struct S3FifoOptions {
  double small_share = 0.1;  // of the capacity: the queue that everything new goes through
  // Hits that an item of the small queue needs to get into the main one. The paper has 2.
  int hits_to_stay = 2;
  // Evicted keys that are remembered, as a share of the items that the main queue has when the
  // small one has its size (at first everything is in the small one, and ghosts are what gets it
  // out).
  double ghost_share = 1.0;
  // Until the cache is full for the first time, what the small queue has no room for goes to the
  // main one, instead of the small one taking everything.
  bool fill_main = false;
};

std::unique_ptr<Policy> make_fifo(const PolicyOptions& options);
std::unique_ptr<Policy> make_lru(const PolicyOptions& options);
// S3-FIFO (Yang et al., SOSP 2023): a small and a main FIFO queue, ghosts, 2-bit hit counters.
std::unique_ptr<Policy> make_s3fifo(const PolicyOptions& options, const S3FifoOptions& tuning);
// The same with queues of segments, logs of so many bytes: a whole segment is freed at a time, what
// stays of it is copied to the end of the main queue, and a segment's unused end is lost. Costs are
// bytes.
std::unique_ptr<Policy> make_segmented_s3fifo(const PolicyOptions& options,
                                              const S3FifoOptions& tuning,
                                              std::uint32_t segment_bytes);

}  // namespace arcus::bench::misses
