// Commands: the one place where protocol and store meet. A command is a function in the table; it
// writes its answer into the call's reply and says how it stands: done, waiting for a body (and
// where to put it), or wanting to go on later because the work is long or the reply is full. How it
// waits, and what it is given: session.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/auth/permissions.h"
#include "daemon/command/session.h"

namespace arcus::daemon {

// What the arguments are, as far as those must know who look ahead.
enum class Shape {
  kOther,
  kBody,       // the first is the size of a body
  // From here on there is a key, the first unless it says otherwise.
  kKey,
  kKeyList,    // keys only
  kValue,      // the fourth is the size of a body
  kMetaValue,  // the second is the size of a body
  kCollection, // the second is a key; a body where the subcommand has one
};

// The table (table.cc).
struct Command {
  std::string_view verb;
  Handler handler;
  Shape shape = Shape::kOther;
  Permissions needs = Permission::kNone;  // any of them will do; none: for everybody
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
inline constexpr std::string_view kNotNumber =
    "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n";
inline constexpr std::string_view kTypeMismatch = "TYPE_MISMATCH\r\n";
inline constexpr std::string_view kTooLarge = "SERVER_ERROR object too large for cache\r\n";

// So many buckets of the index are walked through before others have their turn: some 2,000 items.
inline constexpr int kBucketsAtOnce = 256;

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

Progress command_mget(Call& call, const Request& request);
Progress command_mgets(Call& call, const Request& request);

Progress command_set(Call& call, const Request& request);
Progress command_add(Call& call, const Request& request);
Progress command_replace(Call& call, const Request& request);
Progress command_append(Call& call, const Request& request);
Progress command_prepend(Call& call, const Request& request);
Progress command_cas(Call& call, const Request& request);

Progress command_incr(Call& call, const Request& request);
Progress command_decr(Call& call, const Request& request);

Progress command_mn(Call& call, const Request& request);
Progress command_mg(Call& call, const Request& request);
Progress command_ms(Call& call, const Request& request);
Progress command_md(Call& call, const Request& request);
Progress command_ma(Call& call, const Request& request);
Progress command_me(Call& call, const Request& request);

Progress command_delete(Call& call, const Request& request);
Progress command_touch(Call& call, const Request& request);
Progress command_getattr(Call& call, const Request& request);
Progress command_setattr(Call& call, const Request& request);
Progress command_flush_all(Call& call, const Request& request);

Progress command_lop(Call& call, const Request& request);
Progress command_sop(Call& call, const Request& request);
Progress command_mop(Call& call, const Request& request);
Progress command_bop(Call& call, const Request& request);
Progress command_flush_prefix(Call& call, const Request& request);

Progress command_version(Call& call, const Request& request);
Progress command_verbosity(Call& call, const Request& request);
Progress command_quit(Call& call, const Request& request);
Progress command_shutdown(Call& call, const Request& request);

Progress command_stats(Call& call, const Request& request);
Progress command_lru_crawler(Call& call, const Request& request);
Progress command_scan(Call& call, const Request& request);
Progress command_dump(Call& call, const Request& request);
Progress command_scrub(Call& call, const Request& request);
Progress command_cmdlog(Call& call, const Request& request);
Progress command_lqdetect(Call& call, const Request& request);
Progress command_help(Call& call, const Request& request);
Progress command_config(Call& call, const Request& request);
Progress command_ready(Call& call, const Request& request);
Progress command_reload(Call& call, const Request& request);
Progress command_sasl(Call& call, const Request& request);
Progress command_zkensemble(Call& call, const Request& request);
Progress command_cache_memlimit(Call& call, const Request& request);

}  // namespace arcus::daemon
