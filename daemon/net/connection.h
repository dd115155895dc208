// Connection: one client's socket, what it has sent that is not a whole request yet, and what it
// has not taken of its replies. It drives a Session with bytes. Its worker owns it and is the only
// thread that touches it.
//
// Idle, it holds no buffer: bytes are read into its worker's, and only what is left over after
// parsing is kept here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/base/unique_fd.h"
#include "daemon/command/command.h"

namespace arcus::daemon {

// What all connections of a worker share while one of them is served.
struct Workplace {
  Engine& engine;
  ThreadStats& stats;
  std::span<char> buffer;  // bytes are read into this
  Reply reply;             // replies are gathered here; warm
};

enum class Wish {
  kRead,   // wait until there is something to read
  kWrite,  // the client is slow: wait until it takes more, and read nothing meanwhile
  kAgain,  // there are requests left, for which it was not to be served longer at once
  kClose,
};

class Connection {
 public:
  explicit Connection(UniqueFd fd) : fd_(std::move(fd)) {}

  int fd() const { return fd_.get(); }
  // The socket is readable; is writable (after kWrite); it is its turn again (after kAgain).
  Wish readable(Workplace& place);
  Wish writable(Workplace& place);
  Wish again(Workplace& place);

  // Between two requests: nothing half read, nothing unsent.
  bool at_rest() const;

  // The worker's bookkeeping.
  std::uint32_t events = 0;  // what epoll was asked for
  std::size_t slot = 0;      // in the worker's list
  bool waits_again = false;  // in the worker's queue of kAgain

 private:
  Wish serve(Workplace& place, std::string_view bytes);
  std::size_t run(Call& call, std::string_view bytes);
  std::size_t feed_body(Call& call, std::string_view bytes);
  Wish settle(Workplace& place);
  bool send(Workplace& place, Reply& reply);
  void note(Progress progress);

  UniqueFd fd_;
  RequestParser parser_;
  Session session_;
  std::string unread_;  // received, not yet a whole request or not yet its turn
  Reply unsent_;
  bool needs_more_ = true;  // unread_ holds no whole request
  bool closing_ = false;    // after what is unsent, nothing
};

}  // namespace arcus::daemon
