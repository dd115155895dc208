// Engine: what all commands share: the store, what was configured, what can be changed while
// running, and the counters. Made by main, outlives every worker. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "daemon/command/command_log.h"
#include "daemon/command/connections.h"
#include "daemon/command/detail.h"
#include "daemon/command/key_dump.h"
#include "daemon/command/long_queries.h"
#include "daemon/command/prefix_flushes.h"
#include "daemon/command/scrub.h"
#include "daemon/config.h"
#include "daemon/store/store.h"

namespace arcus::daemon {

class Authentication;

// A counter that one thread writes and others read.
class Counter {
 public:
  void add(std::uint64_t amount = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

// One worker's counters, apart from those of the others in memory.
struct alignas(64) ThreadStats {
#define STAT(name) Counter name;
#include "daemon/stats.def"
#undef STAT
};

// The sums.
struct CommandStats {
#define STAT(name) std::uint64_t name = 0;
#include "daemon/stats.def"
#undef STAT
};

// The part of the configuration that `config` and `verbosity` change.
struct Settings {
  std::atomic<unsigned> verbosity = 0;
  std::atomic<unsigned> connections = 0;
  std::atomic<std::size_t> memory_mb = 0;
  std::atomic<bool> zk_failstop = true;
  std::atomic<bool> track_sizes = false;  // `stats sizes` may read the whole store
  std::atomic<unsigned> max_stats_prefixes = 50;
  std::atomic<unsigned> scrub_count = 96;  // items at once
  // Of the node's heartbeat to itself, in milliseconds; with failstop 0 it never stops the node.
  std::atomic<std::uint32_t> heartbeat_timeout = 10'000;
  std::atomic<std::uint32_t> heartbeat_failstop = 60'000;
};

// Of what the limits of elements may be set to.
inline constexpr std::uint32_t kLeastCollectionLimit = 10'000;
inline constexpr std::uint32_t kMostCollectionLimit = 1'000'000;

// The greatest that collections may be: elements of each type, and bytes of an element's value with
// CR LF.
struct CollectionLimits {
  std::atomic<std::uint32_t> list_size = 50'000;
  std::atomic<std::uint32_t> set_size = 50'000;
  std::atomic<std::uint32_t> map_size = 50'000;
  std::atomic<std::uint32_t> btree_size = 50'000;
  std::atomic<std::uint32_t> element_bytes = 16 * 1024;
};

// What the cloud says of this node, for `ready` and `stats zookeeper`.
struct CloudState {
  std::string address;  // "<ip>:<port>" of this node; empty until it has joined
  bool connected = false;
  bool ready = false;
  std::chrono::milliseconds session_timeout{0};
};

class Engine {
 public:
  Engine(Config config, std::string version, const Clock& clock = Clock::real());

  const Config& config() const { return config_; }
  const std::string& version() const { return version_; }
  Store& store() { return store_; }
  const Store& store() const { return store_; }
  Settings& settings() { return settings_; }
  CollectionLimits& limits() { return limits_; }
  const CollectionLimits& limits() const { return limits_; }
  ConnectionStats& connections() { return connections_; }

  Seconds now() const;
  Seconds started() const { return started_; }

  // One set a worker; they live as long as the engine.
  ThreadStats& new_thread_stats();
  CommandStats command_stats() const;
  void reset_stats();

  // Who wants to see every request (attention.h): a bit each.
  static constexpr unsigned kDetail = 1;
  static constexpr unsigned kCommandLog = 2;
  static constexpr unsigned kLongQueries = 4;
  static constexpr unsigned kLogins = 8;  // clients must log in
  unsigned attention() const { return attention_.load(std::memory_order_relaxed); }
  unsigned set_attention(unsigned bit, bool wanted);  // what it is now
  // Another one each time.
  std::uint64_t random() {
    return store_.key({}).hash ^ (choices_.fetch_add(1, std::memory_order_relaxed) << 32);
  }
  PrefixDetail& detail() { return detail_; }
  PrefixFlushes& prefix_flushes() { return prefix_flushes_; }
  KeyDump& key_dump() { return key_dump_; }
  CommandLog& command_log() { return command_log_; }
  LongQueries& long_queries() { return long_queries_; }

  enum class ScrubStart { kStarted, kBusy, kNotSupported };
  ScrubStart start_scrub(bool stale);
  Scrub::State scrub_state() const { return scrub_.state(); }
  // The children of the cloud's list have become these. When a node has come, what is stale goes
  // one session timeout later.
  void set_cloud_nodes(const std::vector<std::string>& children);

  // Background work, a bounded piece a call, by one thread.
  void sweep();

  // False: less than sticky items may take, or more than the store can make use of.
  bool set_memory_mb(std::size_t megabytes);
  void set_verbosity(unsigned level);  // and the log's level with it

  // The highest connection count that the process has descriptors for.
  unsigned connection_ceiling = 0;
  // Set by the server before the first worker starts; empty in tests without one.
  VisitConnections visit_connections;
  std::function<std::string(int connection)> client_ip;
  // Set by main before the first worker starts.
  std::string zk_library_version;
  std::function<CloudState()> cloud_state;
  // The ensemble's servers as they are now; others; and back into the cloud, which takes seconds.
  std::function<std::string()> cloud_servers;
  std::function<Status(const std::string& servers)> set_cloud_servers;
  std::function<Status()> rejoin_cloud;
  // Null: there is none, and nobody needs to log in.
  Authentication* authentication = nullptr;
  // After so many seconds at most; none: as soon as it looks as if no more clients leave. False: it is
  // about to happen anyway.
  std::function<bool(std::optional<unsigned> seconds)> shut_down;

 private:
  CommandStats sum() const;

  const Config config_;
  const std::string version_;
  const Clock& clock_;
  const Clock::Steady steady_start_;
  const Seconds started_;
  Store store_;
  Settings settings_;
  CollectionLimits limits_;
  ConnectionStats connections_;
  std::atomic<unsigned> attention_ = 0;
  std::atomic<std::uint64_t> choices_ = 1;
  PrefixDetail detail_;
  PrefixFlushes prefix_flushes_;
  std::mutex cloud_mutex_;
  std::vector<std::string> cloud_nodes_;     // addresses
  std::atomic<Seconds> stale_scrub_at_ = 0;  // 0: none is due
  LongQueries long_queries_;
  // Last: they work on the above.
  CommandLog command_log_;
  KeyDump key_dump_;
  Scrub scrub_;
  mutable std::mutex stats_mutex_;
  std::vector<std::unique_ptr<ThreadStats>> thread_stats_;
  CommandStats forgotten_;  // what `stats reset` takes off the sums
};

}  // namespace arcus::daemon
