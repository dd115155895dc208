// Session: one connection's command in progress, and what a command is given to work with. It knows
// no socket: whoever drives it (the network layer, a test) brings bytes and takes replies. One
// thread at a time.
//
// A session that waits for nothing is two null pointers. What a command must remember while it waits
// lies in memory that exists only meanwhile, and so does what outlasts it: a pipe, a login.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "daemon/command/engine.h"
#include "daemon/command/pipe.h"
#include "daemon/protocol/reply.h"
#include "daemon/protocol/request.h"

namespace arcus::daemon {

enum class Progress {
  kDone,
  kNeedBody,  // Session::body() tells where to
  kYield,     // call resume() when the reply has been sent, or after others had their turn
  kClose,     // send the reply, then close the connection
};

class Session;
struct Command;
struct Login;

// The numbers after the key of a command that stores a value (Shape::kValue), and what follows.
struct ValueLine {
  std::uint32_t flags = 0;
  bool good = false;  // they are there, and are numbers
  std::int64_t exptime = 0;
  std::int64_t size = 0;
  std::string_view rest;

  void read(Words words) {
    good = words.next(flags) && words.next(exptime) && words.next(size);
    rest = words.rest();
  }
};

// A request as a command gets it: its line, and what was learnt of it before its turn.
struct Request : RequestLine {
  Request() = default;
  explicit Request(const RequestLine& line) : RequestLine(line) {}

  const Command* command = nullptr;  // null: nobody has looked yet, or there is none of that name
  std::string_view key;              // the first argument, where that is a key (see Shape)
  std::uint64_t hash = 0;            // its hash, unless it is empty
  // The words after the key.
  Words after_key() const {
    const char* const begin = key.data() + key.size();
    return Words({begin, static_cast<std::size_t>(arguments.data() + arguments.size() - begin)});
  }
  // The body and its CR LF, when all of it had arrived with the line; for Call::take_body().
  std::string_view body;
  bool has_body = false;
  ValueLine value_line;  // of a command that stores a value
};

// What a command works with, for one step.
struct Call {
  Engine& engine;
  ThreadStats& stats;
  Seconds now;
  Reply& reply;
  Session& session;
  unsigned attention = 0;  // Engine::attention(), as this turn began or the client has changed it since
  int connection = -1;     // its descriptor, by which the engine knows whose it is
  // How many elements a command of collections has read or removed.
  std::uint32_t elements = 0;

  // For commands that have a body (with its CR LF), when request.has_body; where it is not, they
  // ask for it with Session::need_body(). A body that is not taken, since the line before it was no
  // good, is read as the next request, just as when need_body() is not called.
  std::string_view take_body(const Request& request) {
    body_taken = true;
    return request.body;
  }
  bool body_taken = false;  // for those who drive the session
};

using Handler = Progress (*)(Call& call, const Request& request);
using Continuation = Progress (*)(Call& call);

struct Body {
  char* at = nullptr;    // null: the bytes are to be thrown away
  std::size_t left = 0;  // how many are still to come
};

// What a command remembers while it waits: each has a struct of its own, derived from this.
struct Remembered {
  Remembered() = default;
  Remembered(const Remembered&) = delete;
  Remembered& operator=(const Remembered&) = delete;
  virtual ~Remembered() = default;
};

class Session {
 public:
  Session();
  ~Session();

  // --- for those who drive it ---

  // Before a request's turn: finds its command, its body in the bytes that follow the line (all of
  // it or none: then has_body stays false), its key's hash, and has the store fetch that key's
  // index. Whether the bytes after line and body are certainly another request, so that one may
  // look further.
  static bool look_ahead(const Engine& engine, std::string_view after, Request& request);
  // The second step, when all of a batch had their first: has the store fetch the item.
  static void look_again(const Engine& engine, const Request& request);

  // Looks ahead first, where nobody has: a command always finds key and hash in its request.
  Progress start(Call& call, const Request& request);
  // After kNeedBody: where the next bytes go; arrived() as they come, finish_body() when
  // none is left.
  Body body() const { return waiting_ == nullptr ? Body() : waiting_->body; }
  void arrived(std::size_t size);
  Progress finish_body(Call& call);
  // The whole body is there, finish_body() is due.
  bool body_complete() const {
    return waiting_ != nullptr && waiting_->wants_body && waiting_->body.left == 0;
  }
  // After kYield.
  bool yielded() const {
    return waiting_ != nullptr && waiting_->next != nullptr && !waiting_->wants_body;
  }
  Progress resume(Call& call);

  // --- for commands: how to wait ---

  // The next `size` bytes go to `at`, which the command must own until then (remember() it, or
  // something that holds it); null: nowhere. Then `then` is called.
  Progress need_body(char* at, std::size_t size, Continuation then);
  Progress yield(Continuation then);

  // Keeps a State, made of the arguments, until the command is over: until a handler or
  // continuation returns kDone or kClose, or, when its keys come in pieces, the one for the last
  // piece does. Takes the place of an earlier one.
  template <typename State, typename... Arguments>
  State& remember(Arguments&&... arguments) {
    auto state = std::make_unique<State>(std::forward<Arguments>(arguments)...);
    State& kept = *state;
    waiting().state = std::move(state);
    return kept;
  }
  // What remember<State>() made. Only after it.
  template <typename State>
  State& remembered() {
    return static_cast<State&>(*waiting_->state);
  }

  // Whose key list is coming in pieces; while one is.
  Handler list_handler() const { return waiting_->list_handler; }

  // Nobody has anything to do with the pieces of the key list that are still to come.
  void pass_over_keys();

  // The pipeline that is under way, if one is; for pipe.cc.
  Pipe* pipe() { return lasting_ != nullptr && lasting_->pipe ? &*lasting_->pipe : nullptr; }
  Pipe& open_pipe() { return lasting().pipe.emplace(); }
  void close_pipe();

  // Who the client is, where it must say so (login.h). From require_login() on it may do only what
  // its login says.
  Login* login() { return lasting_ != nullptr ? lasting_->login.get() : nullptr; }
  Login& require_login();

 private:
  struct Waiting {
    Body body;
    bool wants_body = false;
    bool more_keys = false;  // further pieces of a key list follow
    Continuation next = nullptr;
    Handler list_handler = nullptr;  // whose key list is coming in pieces
    std::unique_ptr<Remembered> state;
  };

  // What outlasts a command.
  struct Lasting {
    std::optional<Pipe> pipe;
    std::unique_ptr<Login> login;
  };
  Lasting& lasting();

  Waiting& waiting() {
    if (waiting_ == nullptr) waiting_ = std::make_unique<Waiting>();
    return *waiting_;
  }
  Progress go_on(Call& call);
  Progress ended(Progress progress) {
    return waiting_ == nullptr ? progress : let_go(progress);
  }
  Progress let_go(Progress progress);

  std::unique_ptr<Waiting> waiting_;
  std::unique_ptr<Lasting> lasting_;
};

}  // namespace arcus::daemon
