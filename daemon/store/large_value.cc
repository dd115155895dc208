#include "daemon/store/large_value.h"

#include <malloc.h>

#include <cstdlib>
#include <new>

namespace arcus::daemon {
namespace {

// What the allocator keeps in front of a block.
constexpr std::size_t kBlockOverhead = 2 * sizeof(std::size_t);

}  // namespace

LargeValue* LargeValue::create(Memory& memory, std::size_t value_size) {
  void* block = std::malloc(sizeof(LargeValue) + value_size + 2);
  if (block == nullptr) return nullptr;
  const std::size_t footprint = malloc_usable_size(block) + kBlockOverhead;
  memory.reserve(footprint);
  memory.add_large(footprint);
  return new (block) LargeValue(memory, value_size, footprint);
}

void LargeValue::release() {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  memory_.release(footprint_);
  memory_.remove_large(footprint_);
  this->~LargeValue();
  std::free(this);
}

void tune_heap() {
  constexpr int kMapFrom = 256 << 10;
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, kMapFrom);
}

void trim_heap() {
  malloc_trim(0);
}

}  // namespace arcus::daemon
