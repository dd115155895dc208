#include "daemon/collection/bkey.h"

#include <algorithm>
#include <cstring>

namespace arcus::daemon {

Bkey::Bkey(std::string_view bytes) : size_(static_cast<std::uint8_t>(bytes.size())) {
  std::memcpy(bytes_.data(), bytes.data(), bytes.size());
}

Bkey::Bkey(const TreeKey& key) : number_(key.number), size_(static_cast<std::uint8_t>(key.bytes.size())) {
  if (size_ != 0) std::memcpy(bytes_.data(), key.bytes.data(), size_);
}

std::strong_ordering operator<=>(const Bkey& a, const Bkey& b) {
  if (a.size_ == 0) return a.number_ <=> b.number_;
  const int order = std::memcmp(a.bytes_.data(), b.bytes_.data(), std::min(a.size_, b.size_));
  if (order != 0) return order <=> 0;
  return a.size_ <=> b.size_;
}

Bkey Bkey::difference(const Bkey& a, const Bkey& b, std::size_t size) {
  if (a.size_ == 0) return Bkey(a.number_ - b.number_);
  // What is behind the end of either is zero.
  Bkey result;
  result.size_ = static_cast<std::uint8_t>(size);
  int borrow = 0;
  for (std::size_t i = size; i-- > 0;) {
    const int digit = a.bytes_[i] - b.bytes_[i] - borrow;
    borrow = digit < 0 ? 1 : 0;
    result.bytes_[i] = static_cast<unsigned char>(digit);
  }
  return result;
}

Bkey Bkey::predecessor() const {
  Bkey result = *this;
  if (size_ == 0) {
    --result.number_;
    return result;
  }
  for (std::size_t i = size_; i-- > 0;) {
    if (result.bytes_[i]-- != 0) break;
  }
  return result;
}

}  // namespace arcus::daemon
