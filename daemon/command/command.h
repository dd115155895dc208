// Commands: the one place where protocol and store meet. A command is a function in the table; it
// writes its answer into the call's reply and says how it stands: done, waiting for a body (and
// where to put it), or wanting to go on later because the work is long or the reply is full.
//
// A Session is one connection's command in progress. It knows no socket: whoever drives it (the
// network layer, a test) brings bytes and takes replies. One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/command/engine.h"
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

// A request as a command gets it: its line, and what was learnt of it before its turn.
struct Request : RequestLine {
  Request() = default;
  explicit Request(const RequestLine& line) : RequestLine(line) {}

  const Command* command = nullptr;  // null: nobody has looked yet, or there is none of that name
  std::uint64_t hash = 0;            // of the first argument, where that is a key (see Shape)
  // The body and its CR LF, when all of it had arrived with the line. A command that takes a body
  // and has none here asks for it with need_body().
  std::string_view body;
  bool has_body = false;
};

// What a command works with, for one step.
struct Call {
  Engine& engine;
  ThreadStats& stats;
  Seconds now;
  Reply& reply;
  Session& session;
};

using Handler = Progress (*)(Call& call, const Request& request);
using Continuation = Progress (*)(Call& call);

struct Body {
  char* at = nullptr;    // null: the bytes are to be thrown away
  std::size_t left = 0;  // how many are still to come
};

class Session {
 public:
  // Before a request's turn: finds its command, its body in the bytes that follow the line (all of
  // it or none: then has_body stays false), its key's hash, and has the store fetch that key's index.
  // Whether the bytes after it are certainly another request, so that one may look further.
  static bool look_ahead(const Engine& engine, std::string_view after, Request& request);
  // The second step, when all of a batch had their first: has the store fetch the item.
  static void look_again(const Engine& engine, const Request& request);

  Progress start(Call& call, const Request& request);
  // After kNeedBody: where the next bytes go; arrived() as they come, finish_body() when
  // none is left.
  const Body& body() const { return body_; }
  void arrived(std::size_t size);
  Progress finish_body(Call& call);
  // The whole body is there, finish_body() is due.
  bool body_complete() const { return wants_body_ && body_.left == 0; }
  // After kYield.
  bool yielded() const { return next_ != nullptr && !wants_body_; }
  Progress resume(Call& call);

  // For commands: how to wait.
  Progress need_body(char* at, std::size_t size, Continuation then);
  Progress yield(Continuation then);

  // For commands: what they must remember while they wait.
  struct Storing {
    ItemRef item;
    StoreMode mode = StoreMode::kSet;
    std::uint64_t cas = 0;
    bool noreply = false;
  } storing;
  struct Retrieving {
    std::string keys;  // those not answered yet
    Seconds expires = kNever;
    bool with_cas = false;
    bool touch = false;
    bool more = false;    // further pieces of the list follow
    bool failed = false;  // an error was answered: the rest of the list is passed over
  } retrieving;

 private:
  Body body_;
  bool wants_body_ = false;
  Continuation next_ = nullptr;
  Handler list_handler_ = nullptr;  // whose key list is coming in pieces
};

// What the arguments are, as far as those must know who look ahead.
enum class Shape {
  kOther,
  kKey,        // the first is a key
  kKeyList,    // keys only
  kValue,      // the first is a key, the fourth the size of a body
  kMetaValue,  // the first is a key, the second the size of a body
};

// The table (table.cc).
struct Command {
  std::string_view verb;
  Handler handler;
  Shape shape = Shape::kOther;
};
const Command* find_command(std::string_view verb);

// The words after a verb, for commands that have a fixed number of them.
struct Arguments {
  static constexpr std::size_t kMost = 8;

  explicit Arguments(std::string_view text);
  std::string_view operator[](std::size_t i) const { return words[i]; }

  std::array<std::string_view, kMost> words;
  std::size_t count = 0;  // kMost + 1: there are more
  bool noreply = false;   // the last word says so
};

inline constexpr std::string_view kBadLine = "CLIENT_ERROR bad command line format\r\n";
inline constexpr std::string_view kBadExptime = "CLIENT_ERROR invalid exptime argument\r\n";
inline constexpr std::string_view kUnknownCommand = "ERROR unknown command\r\n";
inline constexpr std::string_view kOutOfMemory = "SERVER_ERROR out of memory storing object\r\n";
inline constexpr std::string_view kTooLarge = "SERVER_ERROR object too large for cache\r\n";

inline Progress say(Call& call, std::string_view text, bool noreply = false) {
  if (!noreply) call.reply.add(text);
  return Progress::kDone;
}

// Arcus' and memcached's exptime as an expiry: 0 never, -1 sticky, other negatives already over,
// up to 30 days from now, above that seconds since the epoch.
Seconds expiry_of(std::int64_t exptime, Seconds now);

// The handlers, by file.
Progress command_get(Call& call, const Request& request);
Progress command_gets(Call& call, const Request& request);
Progress command_gat(Call& call, const Request& request);
Progress command_gats(Call& call, const Request& request);

Progress command_set(Call& call, const Request& request);
Progress command_add(Call& call, const Request& request);
Progress command_replace(Call& call, const Request& request);
Progress command_append(Call& call, const Request& request);
Progress command_prepend(Call& call, const Request& request);
Progress command_cas(Call& call, const Request& request);

Progress command_incr(Call& call, const Request& request);
Progress command_decr(Call& call, const Request& request);

Progress command_delete(Call& call, const Request& request);
Progress command_touch(Call& call, const Request& request);
Progress command_flush_all(Call& call, const Request& request);

Progress command_version(Call& call, const Request& request);
Progress command_verbosity(Call& call, const Request& request);
Progress command_quit(Call& call, const Request& request);
Progress command_shutdown(Call& call, const Request& request);

Progress command_stats(Call& call, const Request& request);
Progress command_config(Call& call, const Request& request);
Progress command_ready(Call& call, const Request& request);
Progress command_zkensemble(Call& call, const Request& request);
Progress command_cache_memlimit(Call& call, const Request& request);

}  // namespace arcus::daemon
