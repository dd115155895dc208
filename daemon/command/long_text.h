// LongText: an answer that is put together before any of it is sent, in pieces, and then sent as
// the client takes it. In the state that a command remembers.
#pragma once

#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "daemon/protocol/reply.h"

namespace arcus::daemon {

class LongText {
 public:
  // A piece of about this size is worth its own memory.
  static constexpr std::size_t kPiece = 64 * 1024;

  // Leaves the piece empty.
  void add(Reply& piece) { pieces_.push_back(piece.detach()); }
  void clear() { pieces_.clear(); }
  // Moves on what a reply has room for; whether that was all.
  bool send_some(Reply& to) {
    for (; sent_ < pieces_.size(); ++sent_) {
      if (to.full()) return false;
      const Reply piece = std::move(pieces_[sent_]);
      std::array<iovec, 1> bytes;
      if (piece.gather(bytes.data(), 1) == 1) {
        to.add({static_cast<const char*>(bytes[0].iov_base), bytes[0].iov_len});
      }
    }
    return true;
  }

 private:
  std::vector<Reply> pieces_;  // nothing in them is pinned
  std::size_t sent_ = 0;
};

}  // namespace arcus::daemon
