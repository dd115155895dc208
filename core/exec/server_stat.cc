#include <algorithm>
#include <thread>

#include "core/base/text.h"
#include "core/exec/registry.h"

namespace arcus::exec {
namespace {

// The answer of "srvr" is lines of "Name: value".
void parse_srvr(const std::string& answer, ServerStat& stat) {
  for (const auto& line : lines(answer)) {
    const auto colon = line.find(": ");
    if (colon == std::string::npos) continue;
    const std::string name = line.substr(0, colon);
    const std::string value = line.substr(colon + 2);
    if (name == "Zookeeper version") stat.version = value.substr(0, value.find_first_of("-,"));
    if (name.starts_with("Latency")) stat.latency = value;
    if (name == "Connections") stat.connections = parse_number(value).value_or(0);
    if (name == "Node count") stat.znodes = parse_number(value).value_or(0);
    if (name == "Zxid") stat.zxid = value;
    if (name == "Mode") stat.mode = value;
  }
  if (stat.mode.empty()) {
    stat.error = "it runs but serves nobody: it has no quorum";
  }
}

}  // namespace

std::vector<ServerStat> stat_servers(const std::vector<cluster::ZkServer>& servers,
                                     Deadline deadline, const Cancel* cancel) {
  std::vector<ServerStat> stats(servers.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < servers.size(); ++i) {
    stats[i].server = servers[i];
    threads.emplace_back([&stat = stats[i], deadline, cancel] {
      auto answer =
          zk::four_letter_word(stat.server.host, stat.server.client_port, "srvr", deadline, cancel);
      if (answer.ok())
        parse_srvr(*answer, stat);
      else
        stat.error = answer.error().message;
    });
  }
  for (auto& thread : threads) thread.join();
  return stats;
}

bool has_quorum(const std::vector<ServerStat>& stats) {
  std::size_t serving = 0;
  bool led = false;
  for (const auto& stat : stats) {
    if (!stat.serving()) continue;
    ++serving;
    led = led || stat.mode == "leader" || stat.mode == "standalone";
  }
  return led && serving > stats.size() / 2;
}

}  // namespace arcus::exec
