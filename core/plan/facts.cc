#include "core/plan/facts.h"

#include <algorithm>

#include "core/base/text.h"

namespace arcus::plan {
namespace {

std::string fact(const Outcome& outcome, const std::string& name) {
  const auto found = outcome.facts.find(name);
  return found == outcome.facts.end() ? "" : found->second;
}

std::set<std::string> facts(const Outcome& outcome, const std::string& name) {
  std::set<std::string> values;
  const auto [begin, end] = outcome.facts.equal_range(name);
  for (auto it = begin; it != end; ++it) values.insert(it->second);
  return values;
}

// Calls fill(server, rest) for each "<port> <rest>" under `name`.
template <typename Fill>
void each_server(const Outcome& outcome, const std::string& name, HostFacts& host, Fill fill) {
  const auto [begin, end] = outcome.facts.equal_range(name);
  for (auto it = begin; it != end; ++it) {
    const auto space = it->second.find(' ');
    const auto port = parse_number(it->second.substr(0, space));
    if (!port || *port > 65535) continue;
    fill(host.zk[static_cast<std::uint16_t>(*port)],
         space == std::string::npos ? std::string() : it->second.substr(space + 1));
  }
}

}  // namespace

HostFacts host_facts(const Outcome& outcome) {
  HostFacts host;
  host.login_user = fact(outcome, "user");
  host.arch = fact(outcome, "arch");
  host.glibc = fact(outcome, "glibc");
  host.hostname = fact(outcome, "hostname");
  host.dir = fact(outcome, "dir");
  host.other_dir = fact(outcome, "other_dir");
  host.current = fact(outcome, "current");
  host.java = fact(outcome, "java");
  host.root = fact(outcome, "uid") == "0";
  host.sudo = fact(outcome, "sudo") == "yes";
  host.writable = fact(outcome, "writable") == "yes";
  host.free_bytes = parse_number(fact(outcome, "free_kb")).value_or(0) * 1024;
  host.missing_tools = facts(outcome, "missing_tool");
  host.releases = facts(outcome, "release");
  host.zk_instances = facts(outcome, "zk_instance");
  each_server(outcome, "zk_config", host, [](ZkFacts& zk, const std::string& text) {
    zk.config = split(text, ';');
    std::erase(zk.config, "");
  });
  each_server(outcome, "zk_myid", host,
              [](ZkFacts& zk, const std::string& text) { zk.myid = trim(text); });
  each_server(outcome, "zk_data", host, [](ZkFacts& zk, const std::string&) { zk.data = true; });
  each_server(outcome, "zk_running", host,
              [](ZkFacts& zk, const std::string&) { zk.running = true; });
  each_server(outcome, "zk_foreign", host,
              [](ZkFacts& zk, const std::string&) { zk.foreign = true; });
  return host;
}

std::vector<std::string> RegistryFacts::mapped_to(const std::string& service) const {
  std::vector<std::string> addresses;
  for (const auto& [address, mapping] : mappings) {
    if (std::find(mapping.services.begin(), mapping.services.end(), service) !=
        mapping.services.end()) {
      addresses.push_back(address);
    }
  }
  return addresses;
}

}  // namespace arcus::plan
