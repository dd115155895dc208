// What the supervisors say of a cloud's nodes, beside what ZooKeeper says.
#include <algorithm>

#include "core/base/text.h"
#include "core/report/cloud_status.h"

namespace arcus::report {
namespace {

constexpr std::int64_t kMicroseconds = 1'000'000;

std::string time_text(std::int64_t unix_seconds) {
  return format_local_time(unix_seconds * kMicroseconds).substr(0, 19);
}

// "ready since 2026-01-02 03:04:05, 2 restarts, last died 03:04:01: killed by signal 9 (SIGKILL)"
std::string note_of(const plan::NodeFacts& node) {
  std::string text = node.state;
  if (node.since != 0) text += " since " + time_text(node.since);
  if (!node.trouble.empty()) text += " (" + printable(node.trouble) + ")";
  if (node.wanted == "paused" || node.wanted == "once") text += ", " + node.wanted;
  if (node.restarts != 0) {
    text += ", " + std::to_string(node.restarts) + (node.restarts == 1 ? " restart" : " restarts");
  }
  const bool stopped_as_wanted = node.state == "stopped" && !node.wanted_up();
  if (!node.last_exit.empty() && !stopped_as_wanted) {
    text += ", last died ";
    if (node.last_died != 0) text += time_text(node.last_died) + ": ";
    text += printable(node.last_exit);
  }
  return text;
}

class Adding {
 public:
  Adding(CloudStatus& cloud, const plan::Hosts& hosts, const std::vector<plan::HostNodes>& answers)
      : cloud_(cloud), answers_(answers) {
    for (const auto& host : hosts) {
      for (const auto& node : host.nodes) registered_[node.address()] = {host.name, node.config};
    }
  }

  void all() {
    for (auto& node : cloud_.online) add(node, true);
    for (auto& node : cloud_.offline) add(node, false);
    for (auto& node : cloud_.undefined) add(node, true);
    for (const auto& answer : answers_) strays(answer);
  }

 private:
  struct Registered {
    std::string host;
    cluster::NodeConfig config;
  };

  void say(const std::string& address, const std::string& what) {
    cloud_.contradictions.push_back(address + " " + what);
  }

  void add(CloudStatus::Node& node, bool in_zookeeper) {
    const auto registered = registered_.find(node.address);
    if (registered == registered_.end()) return;
    const auto answer =
        std::find_if(answers_.begin(), answers_.end(), [&](const plan::HostNodes& one) {
          return one.host == registered->second.host;
        });
    if (answer == answers_.end()) return;
    if (!answer->error.empty()) {
      if (!in_zookeeper) node.state = "unreachable";
      node.note = "host unreachable: " + printable(answer->error);
      return;
    }
    const auto facts = answer->nodes.find(node.address);
    if (facts == answer->nodes.end()) {
      node.note = in_zookeeper ? "runs without a supervisor" : "never started on its host";
      if (!in_zookeeper) node.state = "stopped";
      return;
    }
    node.supervisor = facts->second;
    node.note = note_of(facts->second);
    if (!in_zookeeper) node.state = facts->second.state;
    compare(node, in_zookeeper, registered->second.config, answer->current);
  }

  void compare(const CloudStatus::Node& node, bool in_zookeeper, const cluster::NodeConfig& config,
               const std::string& current) {
    const plan::NodeFacts& facts = *node.supervisor;
    if (facts.runs() && facts.wanted_up() && !facts.supervised) {
      say(node.address, "runs, and its supervisor does not: 'arcus memcached start' gives it one");
    }
    if (in_zookeeper && !facts.runs()) {
      say(node.address, "is in ZooKeeper, and its supervisor says " + facts.state +
                            ": its session is not over yet, or something else runs there");
    }
    if (!in_zookeeper && facts.state == "ready") {
      say(node.address, "is ready, and not in ZooKeeper");
    }
    if (!facts.runs() && facts.wanted_up() && !facts.supervised) {
      say(node.address, "is wanted up, and nothing looks after it: 'arcus memcached start'");
    }
    if (!facts.runs()) return;
    if (!current.empty() && !facts.release.empty() && facts.release != current) {
      say(node.address, "runs release " + facts.release + ", and " + current +
                            " is deployed: 'arcus memcached restart' changes that");
    }
    for (const auto& [option, name, wanted] :
         {std::tuple{'m', "memlimit", config.memlimit_mb}, {'c', "connections", config.connections},
          {'t', "threads", config.threads}}) {
      const auto running = plan::option_of(facts.argv, option);
      if (!running || *running == wanted) continue;
      say(node.address, std::string("runs with ") + name + " " + std::to_string(*running) +
                            ", and is registered with " + std::to_string(wanted) +
                            ": 'arcus memcached restart' changes that");
    }
  }

  // Nodes of this cloud on its hosts that it has not registered.
  void strays(const plan::HostNodes& answer) {
    for (const auto& [address, node] : answer.nodes) {
      if (node.service != cloud_.service || !node.runs() || registered_.count(address) != 0) continue;
      say(address, "runs on " + answer.host + " (" + node.state + "), and is not registered");
    }
  }

  CloudStatus& cloud_;
  const std::vector<plan::HostNodes>& answers_;
  std::map<std::string, Registered> registered_;
};

}  // namespace

void add_supervisors(CloudStatus& cloud, const plan::Hosts& hosts,
                     const std::vector<plan::HostNodes>& answers) {
  cloud.hosts_asked = true;
  Adding(cloud, hosts, answers).all();
}

}  // namespace arcus::report
