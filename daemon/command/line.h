// Line: a line of a reply, put together on the stack and added to the reply in one piece; longer
// ones in several. On the stack of the command that answers.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "daemon/protocol/reply.h"

namespace arcus::daemon {

class Line {
 public:
  explicit Line(Reply& reply) : reply_(reply) {}
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() { flush(); }

  void add(std::string_view bytes) {
    if (bytes.size() > kSize - size_) {
      flush();
      if (bytes.size() > kSize) {
        reply_.add(bytes);
        return;
      }
    }
    std::memcpy(bytes_.data() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }
  void add(char c) {
    if (size_ == kSize) flush();
    bytes_[size_++] = c;
  }
  void add_number(std::uint64_t number) {
    if (kSize - size_ < kMostDigits) flush();
    char* const at = bytes_.data() + size_;
    size_ += static_cast<std::size_t>(std::to_chars(at, at + kMostDigits, number).ptr - at);
  }
  // A sign where there is one.
  void add_signed(std::int64_t number) {
    if (number < 0) add('-');
    add_number(number < 0 ? -static_cast<std::uint64_t>(number)
                          : static_cast<std::uint64_t>(number));
  }
  void flush() {
    if (size_ > 0) reply_.add({bytes_.data(), size_});
    size_ = 0;
  }

 private:
  static constexpr std::size_t kSize = 512;
  static constexpr std::size_t kMostDigits = 20;

  Reply& reply_;
  std::size_t size_ = 0;
  std::array<char, kSize> bytes_;
};

}  // namespace arcus::daemon
