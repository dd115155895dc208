// Line: a line of a reply as it is put together, in the reply's own memory. On the stack of the
// command that answers; until it ends or is flushed, nothing else is added to that reply.
#pragma once

#include <cstddef>
#include <cstdint>
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
    if (bytes.empty()) return;
    at_ = put(room(bytes.size()), bytes);
  }
  void add(char c) {
    at_ = room(1);
    *at_++ = c;
  }
  void add_number(std::uint64_t number) { at_ = put_number(room(kMostDigits), number); }
  // A sign where there is one.
  void add_signed(std::int64_t number) {
    if (number < 0) add('-');
    add_number(number < 0 ? -static_cast<std::uint64_t>(number)
                          : static_cast<std::uint64_t>(number));
  }
  void flush() {
    if (at_ == nullptr) return;
    reply_.wrote(at_);
    at_ = end_ = nullptr;
  }

 private:
  // Asked for ahead, so that most lines ask once.
  static constexpr std::size_t kAhead = 256;

  char* room(std::size_t size) {
    if (static_cast<std::size_t>(end_ - at_) >= size) return at_;
    flush();
    at_ = reply_.room(size + kAhead);
    end_ = at_ + size + kAhead;
    return at_;
  }

  Reply& reply_;
  char* at_ = nullptr;
  char* end_ = nullptr;
};

}  // namespace arcus::daemon
