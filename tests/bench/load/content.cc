#include "tests/bench/load/content.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace arcus::bench {
namespace {

constexpr std::size_t kWord = sizeof(std::uint64_t);

std::uint64_t header(std::uint32_t id, std::uint32_t version) {
  return static_cast<std::uint64_t>(version) << 32 | id;
}

std::uint64_t word_at(std::uint32_t id, std::uint32_t version, std::size_t index) {
  return mix(mix(header(id, version)) + index);
}

std::uint64_t low_bytes(std::uint64_t word, std::size_t count) {
  return word & ((std::uint64_t{1} << (8 * count)) - 1);
}

void append_word(std::string& to, std::uint64_t word, std::size_t count) {
  to.append(reinterpret_cast<const char*>(&word), count);
}

}  // namespace

void append_key(std::string& to, std::uint32_t id, std::size_t size) {
  char digits[10];
  const auto end = std::to_chars(digits, digits + sizeof digits, id).ptr;
  const std::size_t length = end - digits;
  to += 'k';
  to.append(size > length + 1 ? size - length - 1 : 0, '0');
  to.append(digits, length);
}

std::optional<std::uint32_t> parse_key(std::string_view key) {
  std::uint32_t id = 0;
  if (key.size() < 2 || key.front() != 'k') return std::nullopt;
  const char* const end = key.data() + key.size();
  const auto [stop, error] = std::from_chars(key.data() + 1, end, id);
  if (error != std::errc() || stop != end) return std::nullopt;
  return id;
}

std::size_t value_size(const Sizes& sizes, std::uint32_t id, std::uint32_t version) {
  if (sizes.value_min == sizes.value_max) return sizes.value_min;
  return sizes.value_min + mix(~header(id, version)) % (sizes.value_max - sizes.value_min + 1);
}

void append_value(std::string& to, std::uint32_t id, std::uint32_t version, std::size_t size) {
  if (size < kWord) return append_word(to, word_at(id, 0, 0), size);
  append_word(to, header(id, version), kWord);
  for (std::size_t offset = kWord; offset < size; offset += kWord) {
    append_word(to, word_at(id, version, offset / kWord), std::min(kWord, size - offset));
  }
}

void ValueCheck::begin(std::uint32_t id, std::size_t size) {
  id_ = id;
  version_ = 0;
  size_ = size;
  offset_ = 0;
  partial_ = 0;
  right_ = true;
}

void ValueCheck::take(std::string_view piece) {
  while (!piece.empty()) {
    const std::size_t have = offset_ % kWord;
    const std::size_t taken = std::min(kWord - have, piece.size());
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, piece.data(), taken);
    partial_ |= bytes << (8 * have);
    offset_ += taken;
    piece.remove_prefix(taken);
    if (offset_ % kWord != 0) break;
    take_word(partial_);
    partial_ = 0;
  }
}

void ValueCheck::take_word(std::uint64_t word) {
  const std::size_t index = offset_ / kWord - 1;
  if (index == 0) {
    version_ = static_cast<std::uint32_t>(word >> 32);
    if (static_cast<std::uint32_t>(word) != id_) right_ = false;
  } else if (word != word_at(id_, version_, index)) {
    right_ = false;
  }
}

bool ValueCheck::finish() {
  const std::size_t rest = offset_ % kWord;
  if (rest != 0 && partial_ != low_bytes(word_at(id_, version_, offset_ / kWord), rest)) {
    right_ = false;
  }
  if (offset_ < kWord) {
    return right_ && offset_ == size_ && size_ >= sizes_.value_min && size_ <= sizes_.value_max;
  }
  return right_ && offset_ == size_ && size_ == value_size(sizes_, id_, version_);
}

}  // namespace arcus::bench
