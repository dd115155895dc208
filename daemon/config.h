// Config: what the command line and the environment ask of the engine, checked. Plain data, made
// once by main before any thread starts; read-only afterwards (what can change while running is in
// Settings, daemon/command/engine.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/arcus/limits.h"
#include "core/base/result.h"

namespace arcus::daemon {

// Above the limit of connections (-c) so many more are let in from the machine itself, so that an
// operator can look at a node that is full.
inline constexpr unsigned kReservedConnections = 16;

struct Config {
  // Where to listen.
  std::uint16_t port = kDefaultPort;  // 0: any free port
  std::vector<std::string> listen;    // addresses, also "address:port"; empty: all
  std::string unix_socket;            // a path: then no TCP
  unsigned unix_mode = 0700;
  unsigned backlog = 1024;

  // How much.
  std::size_t memory_mb = 64;
  std::size_t sticky_mb = 0;
  std::size_t value_limit = 1 << 20;
  bool evict = true;
  unsigned connections = 1024;
  unsigned threads = 4;
  unsigned requests_per_event = 20;  // in batches

  // The process.
  std::string user;
  bool daemonize = false;
  std::string pid_file;
  bool core_dumps = false;
  bool lock_memory = false;
  unsigned verbosity = 0;

  // The protocol.
  char prefix_delimiter = ':';
  bool allow_flush = true;
  bool allow_shutdown = false;
  // The most elements that a collection of each type may have (environment: ARCUS_MAX_LIST_SIZE ...).
  std::uint32_t max_list_size = 50'000;
  std::uint32_t max_set_size = 50'000;
  std::uint32_t max_map_size = 50'000;
  std::uint32_t max_btree_size = 50'000;
  bool scrub_commands = false;  // the ascii_scrub module was asked for

  // Who clients are.
  bool must_log_in = false;
  bool local_users = false;   // SASL_CONF_PATH names the configuration of a local database
  std::string acl_zookeeper;  // where users are kept (environment: ARCUS_ACL_ZOOKEEPER), and the
  std::string acl_group;      // group of them that counts here (ARCUS_ACL_GROUP)

  // The cloud.
  std::string zklist;
  std::chrono::seconds session_timeout = kSessionTimeout;
  std::string public_ip;
  std::string hostname;
  // For those who want to see the same twice; 0: another one in each process, which nobody can guess.
  std::uint64_t hash_seed = 0;
  std::string session_file;

  // Who started it.
  int ready_fd = -1;
  std::string port_file;

  // What was asked for and has no effect, to be logged once the log is there.
  std::vector<std::string> notices;

  enum class Show { kNothing, kHelp, kVersion, kLicense };
  Show show = Show::kNothing;
};

// argv as main got it. The error is one line for the person who typed it.
Result<Config> parse_command_line(int argc, char** argv);
// Adds what the environment says.
Status read_environment(Config& config);

std::string help_text();

}  // namespace arcus::daemon
