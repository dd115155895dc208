// What an operator's files say, as plain data: the cloud and its nodes, the ensemble, the hosts
// both live on, and the settings. Filled by load.h, zklist.h, settings.h and hosts.h, which check
// everything; whoever holds a Cloud may rely on it. Values: copy them, hand them to any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/arcus/limits.h"

namespace arcus::cluster {

struct NodeConfig {
  unsigned threads = 6;
  unsigned memlimit_mb = 100;
  unsigned connections = 1000;
  bool operator==(const NodeConfig&) const = default;
};

struct Node {
  std::string hostname;
  std::string ip;  // an IPv4 literal
  std::uint16_t port = kDefaultPort;
  NodeConfig config;
  // The cloud's config overlaid with the server's, as compact JSON: the data of the node's mapping
  // znode. Keys we don't know and the types of values are kept.
  std::string mapping_config;

  std::string address() const { return ip + ":" + std::to_string(port); }
  bool operator==(const Node&) const = default;
};

// What runs on the nodes: ours; another build of arcus-memcached, which joins ZooKeeper itself; or
// stock memcached, for which its supervisor does.
enum class EngineKind { kBundled, kForeign, kMemcached };

struct Cloud {
  std::string service_code;
  std::vector<Node> nodes;  // in the file's order
  // The whole file as compact JSON, unknown keys kept, without "created" and "modified".
  std::string document;
  EngineKind engine = EngineKind::kBundled;
  // As the cloud's znode tells them; empty when read from a file.
  std::string created;
  std::string modified;
  std::string origin;  // for messages: the file or znode it was read from
  // What a znode's document says that could not be used (other tools write it too). Always empty
  // for a file: there such things are errors.
  std::vector<std::string> warnings;
};

struct ZkServer {
  std::string host;  // as written in the list: a name or an address
  std::uint16_t client_port = kDefaultZkPort;
  int id = 0;  // its myid: 1.. in the list's order

  std::string address() const {  // an IPv6 literal needs its brackets
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(client_port);
  }
  bool operator==(const ZkServer&) const = default;
};

// How to reach one host over SSH. Empty or 0: not said here.
struct HostSettings {
  std::string address;
  std::string user;
  std::uint16_t port = 0;
  std::string identity;
  bool operator==(const HostSettings&) const = default;
};

enum class HostKeyCheck { kAcceptNew, kStrict, kOff };

struct SshSettings {
  std::string user;        // empty: ~/.ssh/config's, else the local user
  std::string identity;    // empty: ~/.ssh/config's, agent, default keys
  std::uint16_t port = 0;  // 0: ~/.ssh/config's, else 22
  HostKeyCheck host_keys = HostKeyCheck::kAcceptNew;
  std::string config_file;       // empty: ~/.ssh/config
  std::string known_hosts_file;  // empty: ~/.ssh/known_hosts
};

struct ZookeeperSettings {
  bool managed = true;        // false: somebody else runs the ensemble
  unsigned tick_time = 2000;  // milliseconds
  unsigned init_limit = 10;   // ticks
  unsigned sync_limit = 5;    // ticks
  unsigned max_client_cnxns = 100;
  unsigned min_session_timeout = 4000;    // milliseconds
  unsigned max_session_timeout = 200000;  // milliseconds
  std::uint16_t quorum_port = 2888;
  std::uint16_t election_port = 3888;
  unsigned heap_mb = 512;
  std::string four_letter_words = "*";
};

struct Settings {
  std::string zklist = "127.0.0.1:2181";
  std::string dir;                     // on the hosts; empty: /opt/arcus for root, else ~/arcus
  std::string run_user = "memcached";  // who engine and ZooKeeper run as where we are root
  std::string java = "java";           // on the ZooKeeper hosts: a path, or a name to look up
  std::string bundle;                  // here: the directory to ship; empty: beside the program
  SshSettings ssh;
  std::map<std::string, HostSettings> hosts;  // by a host's name or address
  ZookeeperSettings zookeeper;

  // Where values came from, for messages.
  std::string origin;         // the file read; empty: none
  std::string zklist_origin;  // "--zklist", "$ARCUS_ZKLIST", the file, or "the default"
};

// A machine, under however many names it was written: one SSH session, one lane of work.
struct Host {
  std::string name;       // for reports and ~/.ssh/config: the cloud's hostname where it has one
  std::string address;    // to connect to; the name itself when it could not be resolved
  bool is_local = false;  // a loopback address: this machine, without SSH
  std::vector<std::string> aliases;  // every name and address it was written as, name included
  HostSettings ssh;                  // settings.hosts of any alias, over settings.ssh
  std::vector<ZkServer> zk;
  std::vector<Node> nodes;
};

}  // namespace arcus::cluster
