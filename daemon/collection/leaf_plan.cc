#include "daemon/collection/leaf.h"

namespace arcus::daemon {
namespace {

std::uint8_t bytes_of(std::uint64_t number) {
  return static_cast<std::uint8_t>((std::bit_width(number) + 7) / 8);
}

bool all_are(const char* bytes, std::uint32_t count, std::uint8_t wanted) {
  for (std::uint32_t i = 0; i < count; ++i) {
    if (static_cast<std::uint8_t>(bytes[i]) != wanted) return false;
  }
  return true;
}

}  // namespace

Leaf::Plan::Plan(KeyKind kind, std::span<const LeafSlice> slices) : kind_(kind) {
  shape_ = static_cast<std::uint8_t>(kind);
  std::size_t payload = 0;
  for (const LeafSlice& slice : slices) {
    if (slice.size() == 0) continue;
    look_at_sizes(slice, count_ == 0);
    payload += slice.leaf->offset(slice.to) - slice.leaf->offset(slice.from);
    count_ += slice.size();
  }
  if (count_ > 0) look_at_keys(slices);
  used_ = sizeof(Leaf) + base_size(kind, key_width_) + payload;
  std::size_t each = key_width_;
  if ((shape_ & kKeysVary) != 0) ++each;
  if ((shape_ & kValuesVary) != 0) ++each;
  if ((shape_ & kTagsVary) != 0) ++each;
  used_ += count_ * each;
}

// The base leaves as much room below the keys as above, so that what comes next can be put in as it
// is, in whatever order; a base that is good enough is kept, since then keys are copied as they
// are.
void Leaf::Plan::look_at_numbers(std::span<const LeafSlice> slices) {
  const LeafSlice* first = slices.data();
  while (first->size() == 0) ++first;
  const LeafSlice* last = slices.data() + slices.size() - 1;
  while (last->size() == 0) --last;
  const std::uint64_t low = first->leaf->key(first->from).number;
  const std::uint64_t high = last->leaf->key(last->to - 1).number;
  key_width_ = bytes_of(high - low);
  if (key_width_ == 8) return;
  const std::uint64_t most = (std::uint64_t{1} << (8 * key_width_)) - 1;
  for (const LeafSlice& slice : slices) {
    if (slice.size() == 0 || slice.leaf->key_width_ != key_width_) continue;
    base_ = slice.leaf->base_number();
    if (base_ <= low && high - base_ <= most) return;
  }
  base_ = low - std::min(low, (most - (high - low)) / 2);
}

void Leaf::Plan::look_at_keys(std::span<const LeafSlice> slices) {
  if (kind_ == KeyKind::kNumber) return look_at_numbers(slices);
  if (kind_ != KeyKind::kBytes) return;
  std::size_t least = 255;
  std::size_t most = 0;
  for (const LeafSlice& slice : slices) {
    for (std::uint32_t i = slice.from; i < slice.to; ++i) {
      const std::size_t size = slice.leaf->bytes_key(i).size();
      least = std::min(least, size);
      most = std::max(most, size);
      if ((slice.leaf->shape_ & kKeysVary) == 0) break;
    }
  }
  key_width_ = static_cast<std::uint8_t>(most);
  if (least != most) shape_ |= kKeysVary;
}

void Leaf::Plan::look_at_sizes(const LeafSlice& slice, bool first) {
  const Leaf& leaf = *slice.leaf;
  if (first) {
    value_code_ = static_cast<std::uint8_t>(leaf.value_code(slice.from));
    tag_size_ = static_cast<std::uint8_t>(leaf.tag_size(slice.from));
  }
  const bool values_vary = (leaf.shape_ & kValuesVary) != 0;
  if (values_vary ? !all_are(leaf.values() + slice.from, slice.size(), value_code_)
                  : leaf.value_code_ != value_code_) {
    shape_ |= kValuesVary;
  }
  if ((leaf.shape_ & kTagsVary) != 0 ? !all_are(leaf.tags() + slice.from, slice.size(), tag_size_)
                                     : leaf.tag_size_ != tag_size_) {
    shape_ |= kTagsVary;
  }
  if (!leaf.has_external()) return;
  if (values_vary ? std::memchr(leaf.values() + slice.from, kExternalCode, slice.size()) != nullptr
                  : leaf.value_code_ == kExternalCode) {
    shape_ |= kExternal;
  }
}

char* Leaf::Plan::write_keys(const LeafSlice& slice, char* to) const {
  const Leaf& leaf = *slice.leaf;
  const bool vary = (shape_ & kKeysVary) != 0;
  const std::size_t slot = key_width_ + (vary ? 1U : 0U);
  if (leaf.slot() == slot && (leaf.shape_ & kKeysVary) == (shape_ & kKeysVary) &&
      (kind_ == KeyKind::kBytes || leaf.base_number() == base_)) {
    std::memcpy(to, leaf.keys() + slice.from * slot, slice.size() * slot);
    return to + slice.size() * slot;
  }
  for (std::uint32_t i = slice.from; i < slice.to; ++i, to += slot) {
    if (kind_ == KeyKind::kNumber) {
      const std::uint64_t above = leaf.key(i).number - base_;
      std::memcpy(to, &above, key_width_);
      continue;
    }
    const std::string_view key = leaf.bytes_key(i);
    std::memcpy(to, key.data(), key.size());
    std::memset(to + key.size(), 0, slot - key.size());
    if (vary) to[key_width_] = static_cast<char>(key.size());
  }
  return to;
}

char* Leaf::Plan::write_sizes(const LeafSlice& slice, std::uint8_t which, char* to) {
  const Leaf& leaf = *slice.leaf;
  const bool values = which == kValuesVary;
  if ((leaf.shape_ & which) != 0) {
    std::memcpy(to, (values ? leaf.values() : leaf.tags()) + slice.from, slice.size());
  } else {
    std::memset(to, values ? leaf.value_code_ : leaf.tag_size_, slice.size());
  }
  return to + slice.size();
}

Leaf* Leaf::Plan::write(std::span<const LeafSlice> slices, char* to, std::size_t capacity) const {
  auto* leaf = reinterpret_cast<Leaf*>(to);
  leaf->used_ = static_cast<std::uint16_t>(used_);
  leaf->units_ = static_cast<std::uint8_t>(capacity / 16);
  leaf->count_ = static_cast<std::uint8_t>(count_);
  leaf->shape_ = shape_;
  leaf->key_width_ = key_width_;
  leaf->value_code_ = value_code_;
  leaf->tag_size_ = tag_size_;
  char* at = to + sizeof(Leaf);
  if (base_size(kind_, key_width_) > 0) {
    std::memcpy(at, &base_, sizeof base_);
    at += sizeof base_;
  }
  if (kind_ != KeyKind::kNone) {
    for (const LeafSlice& slice : slices) {
      if (slice.size() > 0) at = write_keys(slice, at);
    }
  }
  for (const std::uint8_t which : {kValuesVary, kTagsVary}) {
    if ((shape_ & which) == 0) continue;
    for (const LeafSlice& slice : slices) {
      if (slice.size() > 0) at = write_sizes(slice, which, at);
    }
  }
  for (const LeafSlice& slice : slices) {
    if (slice.size() == 0) continue;
    const std::size_t from = slice.leaf->offset(slice.from);
    const std::size_t size = slice.leaf->offset(slice.to) - from;
    if (size > 0) std::memcpy(at, slice.leaf->payload() + from, size);
    at += size;
  }
  assert(at == to + used_ && used_ <= capacity);
  return leaf;
}

}  // namespace arcus::daemon
