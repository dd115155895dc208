// Who listens on a TCP port: /proc/net/tcp{,6} tells the sockets, /proc/<pid>/fd who holds them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/supervisor/records.h"

namespace arcus::daemon {

struct ListeningSocket {
  std::string address;  // "0.0.0.0", "::", "127.0.0.1"
  std::uint16_t port = 0;
  std::uint64_t inode = 0;
  uid_t uid = 0;
};
// The listening sockets of a /proc/net/tcp or tcp6; lines that don't parse are passed over.
std::vector<ListeningSocket> parse_net_tcp(std::string_view text);

struct Listener {
  std::uint16_t port = 0;
  std::vector<std::string> addresses;
  ProcessId process;  // pid 0: a process of another user, which only root sees
  std::string user;
  std::vector<std::string> argv;
  std::string exe;
  bool supervised = false;     // a run directory names it as its engine
  bool port_argument = false;  // its arguments name the port: see names_port
};
std::vector<Listener> find_listeners(std::uint16_t port);
std::string encode_listener(const Listener& listener);

// True for exactly "-p" "PORT" or "-pPORT" (the last one given counts, as getopt has it): a node
// on 1121 is not one on 11211.
bool names_port(const std::vector<std::string>& argv, std::uint16_t port);

// Would an engine with these arguments fail to listen because of that listener? Without an address
// of its own (-l) it wants all of them.
bool in_the_way(const Listener& listener, const std::vector<std::string>& engine_argv);

}  // namespace arcus::daemon
