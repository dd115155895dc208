#include "tools/cmd_zookeeper.h"

#include "core/report/table.h"
#include "tools/exit_status.h"
#include "tools/zookeeper_phases.h"

namespace arcus::tools {
namespace {

Error unmanaged(const char* verb) {
  return {ErrorCode::kRefused,
          std::string("the settings say that somebody else runs this ensemble (\"managed\": "
                      "false): arcus does not ") +
              verb + " it",
          false};
}

std::string stat_text(const std::vector<exec::ServerStat>& stats, const report::Style& style) {
  report::Table table(
      {">id", "server", "role", "version", ">connections", ">znodes", "latency", "zxid"});
  for (const auto& stat : stats) {
    table.add({std::to_string(stat.server.id), stat.server.address(),
               stat.serving() ? stat.mode : "-", stat.version,
               stat.serving() ? std::to_string(stat.connections) : "-",
               stat.serving() ? std::to_string(stat.znodes) : "-", stat.latency, stat.zxid});
  }
  std::string text = table.text();
  for (const auto& stat : stats) {
    if (!stat.serving()) {
      text += style.bad(stat.server.address()) + ": " + stat.error + "\n";
    }
  }
  text += exec::has_quorum(stats) ? style.good("quorum") + ": the ensemble serves\n"
                                  : style.bad("no quorum") + ": the ensemble does not serve\n";
  return text;
}

nlohmann::ordered_json stat_json(const std::vector<exec::ServerStat>& stats) {
  auto servers = nlohmann::ordered_json::array();
  for (const auto& stat : stats) {
    servers.push_back({{"id", stat.server.id},
                       {"server", stat.server.address()},
                       {"serving", stat.serving()},
                       {"role", stat.mode},
                       {"version", stat.version},
                       {"connections", stat.connections},
                       {"znodes", stat.znodes},
                       {"latency", stat.latency},
                       {"zxid", stat.zxid}});
    if (!stat.serving()) servers.back()["reason"] = stat.error;
  }
  return servers;
}

}  // namespace

Result<int> zookeeper_init(Session& session) {
  if (auto done = init_ensemble(session, session.hosts({}, true), AfterInit::kAsFound);
      !done.ok()) {
    return done.error();
  }
  return session.finish();
}

Result<int> zookeeper_start(Session& session) {
  if (!session.settings().zookeeper.managed) return unmanaged("start");
  start_ensemble(session, session.hosts({}, true));
  return session.finish();
}

Result<int> zookeeper_stop(Session& session) {
  if (!session.settings().zookeeper.managed) return unmanaged("stop");
  const auto hosts = session.hosts({}, true);
  const auto stats = exec::stat_servers(session.servers(), Deadline::in(std::chrono::seconds(2)),
                                        &session.cancel());
  if (exec::has_quorum(stats)) {
    const auto facts = session.registry().read();
    if (!facts.ok()) return facts.error();
    std::size_t online = 0;
    std::string clouds;
    for (const auto& [service, cloud] : facts->clouds) {
      if (cloud.children.empty()) continue;
      online += cloud.children.size();
      clouds += "\n  " + service + ": " + std::to_string(cloud.children.size()) + " nodes online";
    }
    if (online > 0) {
      auto confirmed = session.confirm(
          "Cache nodes are online:" + clouds +
          "\nWithout the ensemble they serve on, but clients that start find none.");
      if (!confirmed.ok()) return confirmed.error();
    }
  }
  session.execute(plan::plan_zk_stop(hosts, session.probe(hosts)));
  return session.finish();
}

Result<int> zookeeper_stat(Session& session) {
  const auto patience =
      std::min<std::chrono::milliseconds>(session.flags().timeout, std::chrono::seconds(5));
  const auto stats =
      exec::stat_servers(session.servers(), Deadline::in(patience), &session.cancel());
  const bool quorum = exec::has_quorum(stats);
  if (session.output().json()) {
    const nlohmann::ordered_json json = {{"quorum", quorum}, {"servers", stat_json(stats)}};
    session.output().result(json.dump(2) + "\n");
  } else {
    session.output().result(stat_text(stats, session.output().style()));
  }
  if (session.cancel().requested()) return kInterrupted;
  return quorum ? kOk : kNoEnsemble;
}

}  // namespace arcus::tools
