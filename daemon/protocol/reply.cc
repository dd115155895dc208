#include "daemon/protocol/reply.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace arcus::daemon {
namespace {

constexpr std::size_t kKeepBuffer = 64 * 1024;

iovec entry(const char* data, std::size_t size) {
  return {const_cast<char*>(data), size};
}

}  // namespace

void Reply::add_number(std::uint64_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  bytes_.append(digits.data(), end);
}

void Reply::add_pinned(std::string_view bytes, Pin pin) {
  pinned_.push_back({bytes_.size(), bytes, std::move(pin)});
  pinned_bytes_ += bytes.size();
}

int Reply::gather(iovec* entries, int count) const {
  int filled = 0;
  std::size_t at = sent_bytes_;
  for (std::size_t i = first_pinned_; i < pinned_.size(); ++i) {
    const Pinned& piece = pinned_[i];
    if (piece.after > at && filled < count) {
      entries[filled++] = entry(bytes_.data() + at, piece.after - at);
      at = piece.after;
    }
    if (filled == count) return filled;
    entries[filled++] = entry(piece.bytes.data(), piece.bytes.size());
    if (filled == count) return filled;
  }
  if (at < bytes_.size()) entries[filled++] = entry(bytes_.data() + at, bytes_.size() - at);
  return filled;
}

void Reply::sent(std::size_t size) {
  while (size > 0) {
    const bool last = first_pinned_ == pinned_.size();
    const std::size_t until = last ? bytes_.size() : pinned_[first_pinned_].after;
    const std::size_t copied = std::min(size, until - sent_bytes_);
    sent_bytes_ += copied;
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
  sent_bytes_ = 0;
  if (bytes_.capacity() > kKeepBuffer) {
    std::string().swap(bytes_);
  } else {
    bytes_.clear();
  }
}

}  // namespace arcus::daemon
