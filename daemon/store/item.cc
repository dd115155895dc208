#include "daemon/store/item.h"

#include <malloc.h>

#include <cstdlib>
#include <cstring>
#include <new>

namespace arcus::daemon {
namespace {

// What the allocator keeps in front of a block.
constexpr std::size_t kBlockOverhead = sizeof(std::size_t);

}  // namespace

std::size_t item_footprint(std::size_t key_size, std::size_t value_size) {
  return sizeof(Item) + key_size + value_size + kBlockOverhead;
}

std::size_t item_bytes(const Item* item) {
  return malloc_usable_size(const_cast<Item*>(item)) + kBlockOverhead;
}

Item* create_item(Memory& memory, std::string_view key, std::size_t value_size) {
  void* block = std::malloc(sizeof(Item) + key.size() + value_size);
  if (block == nullptr) return nullptr;
  Item* item = new (block) Item{};
  item->references.store(1, std::memory_order_relaxed);
  item->key_size = static_cast<std::uint16_t>(key.size());
  item->value_size = static_cast<std::uint32_t>(value_size);
  std::memcpy(item->key_data(), key.data(), key.size());
  memory.reserve(item_bytes(item));
  return item;
}

void drop_item(Memory& memory, Item* item) {
  if (item->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  memory.release(item_bytes(item));
  item->~Item();
  std::free(item);
}

}  // namespace arcus::daemon
