// What it takes to reach a host over SSH, as the operator said it: options win over ~/.ssh/config,
// which wins over defaults. Passive data.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace arcus::ssh {

enum class HostKeys {
  kAcceptNew,  // record an unknown host; a changed key refuses
  kStrict,     // an unknown host refuses
  kOff,        // no check at all
};

struct Target {
  std::string host;                  // the name in reports, and what ~/.ssh/config is asked for
  std::vector<std::string> aliases;  // its other names and addresses: a Host line may have them
  std::string address;        // connect here, whatever ssh_config says; empty: to its HostName
  std::string usual_address;  // where that has none; empty: host
  std::string user;           // empty: ssh_config's, else the local user
  std::string identity;       // a private key file; empty: ssh_config's, agent, default keys
  std::uint16_t port = 0;     // 0: ssh_config's, else 22
  HostKeys host_keys = HostKeys::kAcceptNew;
  bool record_host_keys = true;  // false in a dry run: accept an unknown key, write nothing
  std::string config_file;       // empty: ~/.ssh/config
  std::string known_hosts_file;  // empty: ~/.ssh/known_hosts
  std::chrono::milliseconds connect_timeout{5000};
};

}  // namespace arcus::ssh
