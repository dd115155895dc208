// What planners know of the world: what a probe found on each host, and what ZooKeeper holds.
// Passive data, made by host_facts() here and by exec's registry; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/plan/step.h"

namespace arcus::plan {

// A ZooKeeper server's state on its host, by client port.
struct ZkFacts {
  std::string myid;                 // empty: none
  std::vector<std::string> config;  // the lines of its zoo.cfg; empty: none
  bool data = false;                // it has a database
  bool running = false;             // ours, by its pid file
  bool foreign = false;             // somebody else listens on the port
};

struct HostFacts {
  std::string login_user;
  std::string arch;       // uname -m
  std::string glibc;      // "2.36"; empty: not glibc
  std::string hostname;   // what the host calls itself
  std::string dir;        // the deploy directory, absolute
  std::string other_dir;  // the host remembers this one, and another was asked for
  std::string current;    // the release in use; empty: none
  std::string java;       // its version; empty: none found
  bool root = false;
  bool sudo = false;      // root, or may become it without a password
  bool writable = false;  // the login user may write the deploy directory
  std::uint64_t free_bytes = 0;
  std::set<std::string> missing_tools;
  std::set<std::string> releases;       // of those asked for
  std::set<std::string> zk_instances;   // client ports of all ZooKeeper servers set up here
  std::map<std::uint16_t, ZkFacts> zk;  // of those asked for

  // Whether work in the deploy directory is done as root, and so belongs to root.
  bool as_root() const { return root || (!writable && sudo); }
};

// From the facts that the script probe_host printed.
HostFacts host_facts(const Outcome& outcome);

// A cache_list/<service> and what hangs on it.
struct CloudFacts {
  std::string service;
  std::string document;  // its data
  std::int32_t version = 0;
  struct Child {
    std::string name;        // "ip:port-host"
    std::int64_t owner = 0;  // the session that holds it; 0 when it was not asked
  };
  std::vector<Child> children;
  bool client_list = false;          // client_list/<service> exists
  std::vector<std::string> clients;  // its children
};

// cache_server_mapping/<address>.
struct MappingFacts {
  std::vector<std::string> services;  // its children; more than one is a fault
  std::string config;                 // its data; empty when it was not asked
};

struct RegistryFacts {
  bool tree = false;        // /arcus and its three lists are there
  bool server_log = false;  // cache_server_log too
  std::map<std::string, CloudFacts> clouds;
  std::map<std::string, MappingFacts> mappings;

  // The addresses mapped to a service, sorted.
  std::vector<std::string> mapped_to(const std::string& service) const;
};

}  // namespace arcus::plan
