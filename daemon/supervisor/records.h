// What a node's run directory tells, as data, and its JSON: the Spec (how to start the engine), the
// NodeStatus (what is) and the wish (what is wanted). Plain values; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "daemon/supervisor/machine.h"

namespace arcus::daemon {

// A process that a number alone doesn't name: numbers are used again.
struct ProcessId {
  int pid = 0;
  std::uint64_t start_time = 0;  // clock ticks after boot, field 22 of /proc/<pid>/stat
  bool operator==(const ProcessId&) const = default;
};

// Spec::engine. Ours says itself when it has joined; a foreign build of arcus-memcached joins and
// doesn't say so, but answers `ready`; for stock memcached its supervisor joins.
inline constexpr std::string_view kBundledEngine = "bundled";
inline constexpr std::string_view kForeignEngine = "foreign";
inline constexpr std::string_view kStockEngine = "memcached";

struct Spec {
  std::string node;  // "<ip>:<port>"
  std::string service;
  std::string release;
  std::string engine{kBundledEngine};
  std::string zklist;              // for what joins on the engine's behalf
  std::string user;                // empty: whoever called start
  std::vector<std::string> argv;
  std::map<std::string, std::string> env;
  std::uint64_t nofile = 0;           // 0: leave the limit as it is
  std::optional<std::uint64_t> core;  // bytes of a core file; nothing: the same
  std::uint64_t memory_max = 0;       // bytes of engine and supervisor together; 0: unbounded
  int oom_score_adj = 0;
  std::chrono::milliseconds grace{10'000};
  // Where the engine is asked whether it does its work, "<ip>:<port>"; empty: it isn't.
  std::string probe;
  std::chrono::milliseconds hang{10'000};          // without an answer for so long it is killed
  std::chrono::milliseconds start_limit{120'000};  // for becoming ready
  std::uint64_t log_bytes = 64ull << 20;
  bool operator==(const Spec&) const = default;
};

enum class Want {
  kDown,
  kUp,
  kOnce,    // up until it ends
  kPaused,  // whatever runs is left alone, and what ends is not started again
};

struct Wish {
  Want want = Want::kDown;
  std::optional<std::chrono::milliseconds> grace;  // of a stop; else the spec's
  bool operator==(const Wish&) const = default;
};

struct NodeStatus {
  std::string node;
  std::string service;
  std::string release;
  std::vector<std::string> argv;
  std::string log;  // path
  State state = State::kStopped;
  std::int64_t since = 0;  // unix seconds
  ProcessId engine;
  ProcessId supervisor;
  std::string boot_id;           // the process ids above mean nothing after a reboot
  std::uint64_t ready_pipe = 0;  // inode of the engine's readiness pipe
  bool said_ready = false;       // the engine wrote its ready line
  std::string trouble;           // what is wrong with an engine that runs; empty: nothing known
  std::string session;           // "0x..." or empty
  std::string znode;
  unsigned restarts = 0;
  unsigned failures = 0;  // deaths since it last was ready for long
  std::string last_exit;
  std::int64_t last_died = 0;           // unix seconds; 0: not yet
  std::vector<std::string> last_words;  // of the engine that died last, from its log
  double retry_at = 0;  // unix seconds; 0: no retry is due
  bool operator==(const NodeStatus&) const = default;
};

std::string encode_spec(const Spec& spec);
Result<Spec> decode_spec(std::string_view text);

std::string encode_status(const NodeStatus& status);
Result<NodeStatus> decode_status(std::string_view text);

std::string_view want_name(Want want);  // "up", as `wanted` has it

// The name; after "down" perhaps a grace period in milliseconds.
std::string encode_wish(const Wish& wish);
Result<Wish> decode_wish(std::string_view text);

// What callers are shown: the status as checked against the running processes, in one line.
struct StatusView {
  NodeStatus status;
  Want wanted = Want::kDown;
  bool supervisor_alive = false;
  std::optional<bool> already;  // answers of start only
  bool adopted = false;
  std::optional<std::vector<std::string>> log_lines;
  std::string error;
};
std::string encode_view(const StatusView& view);

// The engine's line on its readiness pipe: "ready <session hex or 0> <znode or ->".
struct ReadyLine {
  std::string session;
  std::string znode;
};
std::optional<ReadyLine> parse_ready_line(std::string_view line);

}  // namespace arcus::daemon
