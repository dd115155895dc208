// How a cloud is doing, told from what ZooKeeper holds: the tables of `memcached list` and
// `listall`. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/plan/facts.h"
#include "core/report/style.h"

namespace arcus::report {

struct CloudStatus {
  struct Node {
    std::string address;   // "ip:port"
    std::string hostname;  // as its znode or the cloud's file says
    std::string note;      // what its host says of it; empty: not asked or nothing to say
  };
  std::string service;
  std::string created, modified;
  // A node is online when it is mapped and in cache_list, offline when only mapped, undefined when
  // only in cache_list.
  std::vector<Node> online, offline, undefined;

  std::size_t total() const { return online.size() + offline.size(); }
  // "OK", "SOME_DOWN" or "DOWN"; undefined nodes don't count.
  std::string_view status() const;
};

CloudStatus cloud_status(const plan::RegistryFacts& facts, const plan::CloudFacts& cloud);

std::string clouds_text(const std::vector<CloudStatus>& clouds, const Style& style);
std::string nodes_text(const CloudStatus& cloud, const Style& style);
nlohmann::ordered_json cloud_json(const CloudStatus& cloud);

}  // namespace arcus::report
