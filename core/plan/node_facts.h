// What the supervisors of a host say of their nodes: the lines of `arcus-supervise status`, as data.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/plan/step.h"

namespace arcus::plan {

struct NodeFacts {
  std::string address;  // "ip:port"
  std::string service;
  std::string release;
  std::vector<std::string> argv;
  std::string wanted;  // "up", "down", "once", "paused"
  std::string state;   // "stopped", "starting", "ready", "failing", "stopping", ...
  std::int64_t since = 0;
  unsigned restarts = 0;
  std::string last_exit;
  std::int64_t last_died = 0;
  std::string trouble;
  std::vector<std::string> last_words;
  double retry_at = 0;
  bool supervised = false;  // its supervisor runs

  bool wanted_up() const { return wanted == "up" || wanted == "once" || wanted == "paused"; }
  bool runs() const { return state == "starting" || state == "ready" || state == "failing"; }
};
// Nothing for a line that is no node's.
std::optional<NodeFacts> parse_node_facts(const std::string& json);

// What one host said, or why it said nothing.
struct HostNodes {
  std::string host;
  std::string error;    // empty: it was asked
  std::string current;  // its release; empty: none
  std::map<std::string, NodeFacts> nodes;  // by address
};
HostNodes host_nodes(const Outcome& outcome);

// The value of the engine's option "-t", given as "-t4" or "-t 4"; the last one counts.
std::optional<std::uint64_t> option_of(const std::vector<std::string>& argv, char option);

}  // namespace arcus::plan
