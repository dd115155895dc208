// Line: adds a line of a reply, piece by piece. On the stack of the command that answers.
#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/protocol/reply.h"

namespace arcus::daemon {

class Line {
 public:
  explicit Line(Reply& reply) : reply_(reply) {}

  void add(std::string_view bytes) { reply_.add(bytes); }
  void add(char c) { reply_.add({&c, 1}); }
  void add_number(std::uint64_t number) { reply_.add_number(number); }
  // A sign where there is one.
  void add_signed(std::int64_t number) {
    if (number < 0) add('-');
    add_number(number < 0 ? -static_cast<std::uint64_t>(number)
                          : static_cast<std::uint64_t>(number));
  }

 private:
  Reply& reply_;
};

}  // namespace arcus::daemon
