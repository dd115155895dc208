#include "daemon/collection/collection.h"

#include <atomic>
#include <new>

namespace arcus::daemon {
namespace {

KeyKind key_kind(CollectionType type) {
  // A b+tree's is settled by its first element.
  const bool hashed = type == CollectionType::kSet || type == CollectionType::kMap;
  return hashed ? KeyKind::kNumber : KeyKind::kNone;
}

// Far from those of others that were made lately.
std::uint32_t first_version() {
  static std::atomic<std::uint32_t> next = 0;
  return next.fetch_add(0x9e3779b9, std::memory_order_relaxed);
}

}  // namespace

Overflow default_overflow(CollectionType type) {
  switch (type) {
    case CollectionType::kList:
      return Overflow::kTailTrim;
    case CollectionType::kBtree:
      return Overflow::kSmallestTrim;
    default:
      return Overflow::kError;
  }
}

bool can_have(CollectionType type, Overflow overflow) {
  switch (overflow) {
    case Overflow::kError:
      return true;
    case Overflow::kHeadTrim:
    case Overflow::kTailTrim:
      return type == CollectionType::kList;
    default:
      return type == CollectionType::kBtree;
  }
}

Collection::Collection(const CollectionOptions& wanted)
    : options(wanted), version(first_version()), tree(key_kind(wanted.type)) {}

std::size_t Collection::room() {
  return Blocks::rounded(sizeof(Collection));
}

Collection* Collection::create(Blocks& blocks, const CollectionOptions& options) {
  char* const block = blocks.allocate(sizeof(Collection));
  return block != nullptr ? new (block) Collection(options) : nullptr;
}

bool Collection::take_apart(Blocks& blocks, std::size_t bytes) {
  if (tree.release_some(blocks, bytes)) return false;
  this->~Collection();
  blocks.release(reinterpret_cast<char*>(this), sizeof(Collection));
  return true;
}

}  // namespace arcus::daemon
