// Connection: one client's socket, what it has sent that is not a whole request yet, and what it
// has not taken of its replies. It drives a Session with bytes. Its worker owns it and is the only
// thread that touches it, but for state() and last_active().
//
// Idle, it is this and nothing more: bytes are read into its worker's buffer, and only what is left
// over after parsing is kept here.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/base/unique_fd.h"
#include "daemon/command/session.h"
#include "daemon/net/batch.h"
#include "daemon/protocol/reply.h"

namespace arcus::daemon {

// So much is read at once.
inline constexpr std::size_t kReadSize = 64 * 1024;
// A client that takes nothing of its replies for so long is dropped.
inline constexpr Seconds kSlowReaderPatience = 60;

// What all connections of a worker share while one of them is served.
struct Workplace {
  Engine& engine;
  ThreadStats& stats;
  // Of them a connection may have so many carried out before the others have their turn.
  unsigned batches_per_turn;
  Seconds now;       // of this round
  Reply reply = {};  // replies are gathered here; warm
  Batch batch = {};
  // What a connection has kept, and then what is read.
  std::unique_ptr<char[]> buffer = std::make_unique_for_overwrite<char[]>(kBufferSize);

  static constexpr std::size_t kBufferSize = kReadSize + kMaxLine;
};

enum class Wish {
  kRead,   // wait until there is something to read
  kWrite,  // the client is slow: wait until it takes more, and read nothing meanwhile
  kAgain,  // there are requests left, for which it was not to be served longer at once
  kClose,
};

class Connection {
 public:
  Connection(UniqueFd fd, Seconds now) : fd_(std::move(fd)), last_active_(now) {}
  void require_login() { session_.require_login(); }

  int fd() const { return fd_.get(); }
  // The socket is readable; is writable (after kWrite); it is its turn again (after kAgain).
  Wish readable(Workplace& place);
  Wish writable(Workplace& place);
  Wish again(Workplace& place);

  // Between two requests: nothing half read, nothing unsent.
  bool at_rest() const;
  // It has wished kWrite, and its client has taken nothing for too long.
  bool stalled(Seconds now) const;

  // For others to look at, from any thread.
  enum class State : std::uint8_t {
    kWaitsForRequest,
    kWaitsForValue,
    kWaitsForReader,
    kWaitsForTurn
  };
  State state() const { return state_.load(std::memory_order_relaxed); }
  Seconds last_active() const { return last_active_.load(std::memory_order_relaxed); }

  // The worker's bookkeeping.
  std::uint32_t slot = 0;           // in the worker's list
  std::uint32_t events = 0;         // what epoll was asked for
  bool waits_again : 1 = false;     // in the worker's queue of kAgain
  bool listed_as_slow : 1 = false;  // in the worker's list of kWrite

 private:
  Wish serve(Workplace& place, std::size_t fresh);
  void keep(std::string_view rest);
  std::size_t run(Call& call, Workplace& place, std::string_view bytes);
  std::size_t execute(Call& call, const Batch& batch);
  std::size_t feed_body(Call& call, std::string_view bytes);
  Wish settle();
  void note(Progress progress);
  bool may_go_on(const Call& call) const;

  UniqueFd fd_;
  std::atomic<Seconds> last_active_;
  std::atomic<State> state_ = State::kWaitsForRequest;
  bool needs_more_ : 1 = true;  // unread_ holds no whole request
  bool closing_ : 1 = false;    // after what is unsent, nothing
  RequestParser parser_;
  std::uint32_t unread_size_ = 0;
  std::unique_ptr<char[]> unread_;  // received, not yet a whole request or not yet its turn
  std::unique_ptr<Reply> unsent_;   // null: everything has been taken
  Session session_;
};

// With what malloc adds to it and its places in the worker's list it stays below 128 bytes.
static_assert(sizeof(Connection) <= 64);

}  // namespace arcus::daemon
