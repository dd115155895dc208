#include "daemon/protocol/reply.h"

#include <algorithm>
#include <charconv>

namespace arcus::daemon {
namespace {

constexpr std::size_t kSmallest = 4 * 1024;
// What a reply holds when it is full, and as much again: a worker does not give that back.
constexpr std::size_t kKeepBuffer = 2 * Reply::kFull;

iovec entry(const char* data, std::size_t size) {
  return {const_cast<char*>(data), size};
}

}  // namespace

char* put_long_number(char* at, std::uint64_t number) {
  return std::to_chars(at, at + kMostDigits, number).ptr;
}

Reply::Reply(Reply&& other) noexcept
    : buffer_(std::move(other.buffer_)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)),
      sent_(std::exchange(other.sent_, 0)),
      pinned_bytes_(std::exchange(other.pinned_bytes_, 0)),
      pinned_(std::move(other.pinned_)),
      first_pinned_(std::exchange(other.first_pinned_, 0)) {}

void Reply::grow(std::size_t most) {
  const std::size_t capacity = std::max({2 * capacity_, size_ + most, kSmallest});
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  if (size_ > 0) std::memcpy(larger.get(), buffer_.get(), size_);
  buffer_ = std::move(larger);
  capacity_ = capacity;
}

void Reply::add_pinned(std::string_view bytes, Pin pin) {
  pinned_.push_back({size_, bytes, std::move(pin)});
  pinned_bytes_ += bytes.size();
}

int Reply::gather(iovec* entries, int count) const {
  int filled = 0;
  std::size_t at = sent_;
  for (std::size_t i = first_pinned_; i < pinned_.size(); ++i) {
    const Pinned& piece = pinned_[i];
    if (piece.after > at && filled < count) {
      entries[filled++] = entry(buffer_.get() + at, piece.after - at);
      at = piece.after;
    }
    if (filled == count) return filled;
    entries[filled++] = entry(piece.bytes.data(), piece.bytes.size());
    if (filled == count) return filled;
  }
  if (at < size_) entries[filled++] = entry(buffer_.get() + at, size_ - at);
  return filled;
}

void Reply::sent(std::size_t size) {
  if (pinned_.empty() && size == size_ - sent_) return clear();
  while (size > 0) {
    const bool last = first_pinned_ == pinned_.size();
    const std::size_t until = last ? size_ : pinned_[first_pinned_].after;
    const std::size_t copied = std::min(size, until - sent_);
    sent_ += copied;
    size -= copied;
    if (size == 0 || last) break;
    Pinned& piece = pinned_[first_pinned_];
    const std::size_t part = std::min(size, piece.bytes.size());
    piece.bytes.remove_prefix(part);
    pinned_bytes_ -= part;
    size -= part;
    if (piece.bytes.empty()) {
      piece.pin.drop();
      ++first_pinned_;
    }
  }
  if (empty()) clear();
}

void Reply::clear() {
  pinned_.clear();
  first_pinned_ = 0;
  pinned_bytes_ = 0;
  sent_ = 0;
  size_ = 0;
  if (capacity_ <= kKeepBuffer) return;
  buffer_.reset();
  capacity_ = 0;
}

Reply Reply::detach() {
  Reply rest;
  for (std::size_t i = first_pinned_; i < pinned_.size(); ++i) {
    Pinned& piece = pinned_[i];
    rest.pinned_.push_back({piece.after - sent_, piece.bytes, std::move(piece.pin)});
  }
  rest.pinned_.shrink_to_fit();
  rest.pinned_bytes_ = pinned_bytes_;
  rest.size_ = rest.capacity_ = size_ - sent_;
  if (rest.size_ > 0) {
    rest.buffer_ = std::make_unique_for_overwrite<char[]>(rest.size_);
    std::memcpy(rest.buffer_.get(), buffer_.get() + sent_, rest.size_);
  }
  clear();
  return rest;
}

}  // namespace arcus::daemon
