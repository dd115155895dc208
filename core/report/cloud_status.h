// How a cloud is doing, told from what ZooKeeper holds: the tables of `memcached list` and
// `listall`. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/plan/facts.h"
#include "core/plan/planners.h"
#include "core/report/style.h"

namespace arcus::report {

struct CloudStatus {
  struct Node {
    std::string address;   // "ip:port"
    std::string hostname;  // as its znode or the cloud's file says
    std::string note;      // what its host says of it; empty: not asked or nothing to say
    // What it amounts to: "online", "starting", "failing", "backing-off", "given-up", "stopping",
    // "stopped", "unreachable", "undefined"; without its host's word "online" or "offline".
    std::string state = {};
    std::optional<plan::NodeFacts> supervisor = {};
  };
  std::string service;
  std::string created, modified;
  // A node is online when it is mapped and in cache_list, offline when only mapped, undefined when
  // only in cache_list.
  std::vector<Node> online, offline, undefined;
  // Where ZooKeeper and the hosts don't agree, one sentence each.
  std::vector<std::string> contradictions;
  bool hosts_asked = false;

  std::size_t total() const { return online.size() + offline.size(); }
  // "OK", "SOME_DOWN" or "DOWN"; undefined nodes don't count.
  std::string_view status() const;
};

CloudStatus cloud_status(const plan::RegistryFacts& facts, const plan::CloudFacts& cloud);

// Adds what the supervisors of its hosts say; `hosts` carry the cloud's nodes as registered.
void add_supervisors(CloudStatus& cloud, const plan::Hosts& hosts,
                     const std::vector<plan::HostNodes>& answers);

std::string clouds_text(const std::vector<CloudStatus>& clouds, const Style& style);
std::string nodes_text(const CloudStatus& cloud, const Style& style);
nlohmann::ordered_json cloud_json(const CloudStatus& cloud);

}  // namespace arcus::report
