#include "tools/cmd_ping.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/exec/node_probe.h"
#include "core/report/table.h"
#include "tools/exit_status.h"
#include "tools/memcached_phases.h"

namespace arcus::tools {
namespace {

std::string milliseconds(std::chrono::microseconds span) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f ms", static_cast<double>(span.count()) / 1000);
  return text.data();
}

// One line of the answer: who asked whom, and what came back.
struct Row {
  std::string from, to, answer;
  bool good = true;
};

std::vector<Row> rows_of(const std::vector<exec::ServerStat>& stats) {
  std::vector<Row> rows;
  for (const auto& stat : stats) {
    rows.push_back({"here", "zookeeper " + stat.server.address(),
                    stat.serving() ? stat.mode + " " + stat.version : stat.error, stat.serving()});
  }
  return rows;
}

std::vector<Row> rows_of(const std::vector<exec::NodeAnswer>& answers, bool wrote) {
  std::vector<Row> rows;
  for (const auto& node : answers) {
    const bool good = node.error.empty();
    std::string answer = node.error;
    if (good) {
      answer = "version " + node.version + ", " + milliseconds(node.latency);
      if (wrote) answer += ", a key stored and read back";
    }
    rows.push_back({"here", "node " + node.address, answer, good});
  }
  return rows;
}

// What the hosts said of the ensemble's ports; a host that can't be logged in to is a row too.
std::vector<Row> rows_of(const plan::Report& report) {
  std::vector<Row> rows;
  for (const auto& outcome : report.outcomes) {
    if (outcome.state != plan::State::kDone) {
      rows.push_back({"here", "ssh " + outcome.host, outcome.detail, false});
      continue;
    }
    rows.push_back({"here", "ssh " + outcome.host, "ok", true});
    const auto each = [&](const char* name, auto add) {
      const auto [begin, end] = outcome.facts.equal_range(name);
      for (auto it = begin; it != end; ++it) add(it->second);
    };
    each("reach", [&](const std::string& fact) {
      const auto space = fact.find(' ');
      rows.push_back({outcome.host, "zookeeper " + fact.substr(0, space),
                      fact.substr(space + 1) + " ms", true});
    });
    each("unreachable", [&](const std::string& target) {
      rows.push_back({outcome.host, "zookeeper " + target, "not reachable", false});
    });
  }
  return rows;
}

void print(Session& session, const std::vector<Row>& rows, bool good) {
  if (session.output().json()) {
    auto array = nlohmann::ordered_json::array();
    for (const auto& row : rows) {
      array.push_back(
          {{"from", row.from}, {"to", row.to}, {"ok", row.good}, {"answer", row.answer}});
    }
    const nlohmann::ordered_json json = {{"command", "ping"}, {"ok", good}, {"checks", array}};
    session.output().result(json.dump(2) + "\n");
    return;
  }
  report::Table table({"from", "to", "", "answer"});
  for (const auto& row : rows)
    table.add({row.from, row.to, row.good ? "ok" : "FAILED", row.answer});
  const auto& style = session.output().style();
  session.output().result(table.text() +
                          "\nping: " + (good ? style.good("ok") : style.bad("failed")) + "\n");
}

}  // namespace

Result<int> ping(Session& session) {
  const auto cloud = registered_cloud(session, Undefined::kLeftOut);
  if (!cloud.ok()) return cloud.error();
  const Flags& flags = session.flags();
  const auto patience = [] { return Deadline::in(std::chrono::seconds(5)); };

  auto rows = rows_of(exec::stat_servers(session.servers(), patience(), &session.cancel()));
  const auto hosts = session.hosts(*cloud, false);
  const auto more = [&rows](std::vector<Row> added) {
    rows.insert(rows.end(), std::make_move_iterator(added.begin()),
                std::make_move_iterator(added.end()));
  };
  if (flags.dry_run) {
    session.execute(plan::plan_reach(hosts, session.servers()));
    return session.finish();
  }
  session.execute(plan::plan_reach(hosts, session.servers()));
  more(rows_of(session.result().reports.back()));
  more(rows_of(exec::ask_nodes(cloud->nodes, flags.write, patience(), &session.cancel()),
               flags.write));
  const bool good = std::all_of(rows.begin(), rows.end(), [](const Row& row) { return row.good; });
  print(session, rows, good);
  if (session.cancel().requested()) return kInterrupted;
  return good ? kOk : kFailed;
}

}  // namespace arcus::tools
