#include "daemon/collection/leaf.h"

namespace arcus::daemon {

TreeKey Leaf::key(std::uint32_t i) const {
  TreeKey key;
  if (kind() == KeyKind::kNumber) key.number = base_number() + number_above(keys(), i);
  if (kind() == KeyKind::kBytes) key.bytes = bytes_key(i);
  return key;
}

// By halves without a branch that could be guessed wrong; the loop's length depends on the count
// alone.
template <bool or_equal>
std::uint32_t Leaf::bound(const TreeKey& key) const {
  std::uint32_t first = 0;
  std::uint32_t length = count_;
  if (kind() == KeyKind::kBytes) {
    while (length > 0) {
      const std::uint32_t half = length / 2;
      const std::string_view middle = bytes_key(first + half);
      const bool after = or_equal ? middle <= key.bytes : middle < key.bytes;
      first = after ? first + half + 1 : first;
      length = after ? length - half - 1 : half;
    }
    return first;
  }
  const std::uint64_t base = base_number();
  if (key.number < base) return 0;
  const std::uint64_t wanted = key.number - base;
  const char* all = keys();
  while (length > 1) {
    const std::uint32_t half = length / 2;
    const std::uint64_t middle = number_above(all, first + half - 1);
    first += (or_equal ? middle <= wanted : middle < wanted) ? half : 0;
    length -= half;
  }
  if (length == 0) return 0;
  const std::uint64_t last = number_above(all, first);
  return first + ((or_equal ? last <= wanted : last < wanted) ? 1 : 0);
}

std::uint32_t Leaf::lower_bound(const TreeKey& key) const {
  return bound<false>(key);
}

std::uint32_t Leaf::upper_bound(const TreeKey& key) const {
  return bound<true>(key);
}

std::size_t Leaf::offset(std::uint32_t i) const {
  std::size_t sum =
      (shape_ & kTagsVary) == 0 ? std::size_t{tag_size_} * i : sum_of_bytes(tags(), i);
  if ((shape_ & kValuesVary) == 0) return sum + stored(value_code_) * i;
  const char* codes = values();
  if (!has_external()) return sum + sum_of_bytes(codes, i);
  for (std::uint32_t before = 0; before < i; ++before) sum += stored(byte(codes + before));
  return sum;
}

Element Leaf::element(std::uint32_t i, std::size_t offset) const {
  Element element;
  element.key = key(i);
  const char* at = payload() + offset;
  element.tag = {at, tag_size(i)};
  const std::size_t code = value_code(i);
  element.value =
      code == kExternalCode ? external(i, offset) : std::string_view(at + element.tag.size(), code);
  return element;
}

std::string_view Leaf::external(std::uint32_t i, std::size_t offset) const {
  const char* at = payload() + offset + tag_size(i);
  const char* block;
  std::uint16_t size;
  std::memcpy(&block, at, sizeof block);
  std::memcpy(&size, at + sizeof block, sizeof size);
  return {block, size};
}

// Whether `single` can be written as this leaf's elements are.
bool Leaf::can_take(const Leaf& single) const {
  if ((shape_ & kValuesVary) == 0 && single.value_code_ != value_code_) return false;
  if ((shape_ & kTagsVary) == 0 && single.tag_size_ != tag_size_) return false;
  if (single.has_external() && !has_external()) return false;
  if (kind() == KeyKind::kNumber) {
    const std::uint64_t number = single.base_number();
    const std::uint64_t base = base_number();
    return number >= base && std::bit_width(number - base) <= key_width_ * 8;
  }
  return (shape_ & kKeysVary) != 0 ? single.key_width_ <= key_width_
                                   : single.key_width_ == key_width_;
}

bool Leaf::insert(std::uint32_t i, const Leaf& single) {
  if (count_ == most_elements(kind()) || !can_take(single)) return false;
  char slot_bytes[kMostSlot] = {};
  if (kind() == KeyKind::kNumber) {
    const std::uint64_t above = single.base_number() - base_number();
    std::memcpy(slot_bytes, &above, sizeof above);
  } else if (kind() == KeyKind::kBytes) {
    std::memcpy(slot_bytes, single.keys(), single.key_width_);
    slot_bytes[key_width_] = static_cast<char>(single.key_width_);
  }
  struct Part {
    const char* at;  // where it is put in, before anything is moved
    std::size_t size;
    const void* from;
  };
  const std::size_t value = (shape_ & kValuesVary) != 0 ? 1 : 0;
  const std::size_t tag = (shape_ & kTagsVary) != 0 ? 1 : 0;
  const Part parts[] = {{keys() + i * slot(), slot(), slot_bytes},
                        {values() + i * value, value, &single.value_code_},
                        {tags() + i * tag, tag, &single.tag_size_},
                        {payload() + offset(i), single.stored_size(0), single.payload()}};
  std::size_t by = beside() + single.stored_size(0);
  if (used_ + by > std::min(capacity(), kFull)) return false;
  const char* end = reinterpret_cast<char*>(this) + used_;
  used_ = static_cast<std::uint16_t>(used_ + by);
  for (std::size_t part = std::size(parts); part-- > 0;) {
    const auto& [at, size, from] = parts[part];
    if (size == 0) continue;
    char* to = const_cast<char*>(at);
    std::memmove(to + by, at, static_cast<std::size_t>(end - at));
    by -= size;
    std::memcpy(to + by, from, size);
    end = at;
  }
  ++count_;
  return true;
}

std::size_t Leaf::used_without(std::uint32_t from, std::uint32_t to) const {
  return used_ - (to - from) * beside() - (offset(to) - offset(from));
}

void Leaf::erase(std::uint32_t from, std::uint32_t to) {
  const std::size_t left = used_without(from, to);
  const std::size_t value = (shape_ & kValuesVary) != 0 ? 1 : 0;
  const std::size_t tag = (shape_ & kTagsVary) != 0 ? 1 : 0;
  struct Part {
    const char* at;
    std::size_t size;
  };
  const Part parts[] = {{keys() + from * slot(), (to - from) * slot()},
                        {values() + from * value, (to - from) * value},
                        {tags() + from * tag, (to - from) * tag},
                        {payload() + offset(from), offset(to) - offset(from)}};
  const char* end = reinterpret_cast<char*>(this) + used_;
  char* to_place = const_cast<char*>(parts[0].at);
  for (std::size_t i = 0; i < std::size(parts); ++i) {
    const char* behind = parts[i].at + parts[i].size;
    const char* next = i + 1 < std::size(parts) ? parts[i + 1].at : end;
    std::memmove(to_place, behind, static_cast<std::size_t>(next - behind));
    to_place += next - behind;
  }
  used_ = static_cast<std::uint16_t>(left);
  count_ = static_cast<std::uint8_t>(count_ - (to - from));
}

bool Leaf::overwrite(std::uint32_t i, std::size_t offset, const Leaf& single) {
  const std::size_t code = value_code(i);
  if (code == kExternalCode || code != single.value_code_ || tag_size(i) != single.tag_size_) {
    return false;
  }
  char* at = const_cast<char*>(payload()) + offset;
  std::memcpy(at, single.payload(), single.tag_size_ + code);
  return true;
}

const Leaf* Leaf::single(char* to, KeyKind kind, const Element& element, const char* external) {
  auto* leaf = reinterpret_cast<Leaf*>(to);
  const bool outside = element.value.size() > kMostInline;
  leaf->count_ = 1;
  leaf->units_ = 0;
  leaf->shape_ = static_cast<std::uint8_t>(static_cast<unsigned>(kind) | (outside ? kExternal : 0));
  leaf->value_code_ = outside ? kExternalCode : static_cast<std::uint8_t>(element.value.size());
  leaf->tag_size_ = static_cast<std::uint8_t>(element.tag.size());
  leaf->key_width_ = 0;
  char* at = to + sizeof(Leaf);
  const auto put = [&at](const void* from, std::size_t size) {
    if (size > 0) std::memcpy(at, from, size);
    at += size;
  };
  if (kind == KeyKind::kNumber) put(&element.key.number, sizeof element.key.number);
  if (kind == KeyKind::kBytes) {
    leaf->key_width_ = static_cast<std::uint8_t>(element.key.bytes.size());
    put(element.key.bytes.data(), element.key.bytes.size());
  }
  put(element.tag.data(), element.tag.size());
  if (outside) {
    const auto size = static_cast<std::uint16_t>(element.value.size());
    put(&external, sizeof external);
    put(&size, sizeof size);
  } else {
    put(element.value.data(), element.value.size());
  }
  leaf->used_ = static_cast<std::uint16_t>(at - to);
  return leaf;
}

}  // namespace arcus::daemon
