#include "tools/cmd_logs.h"

#include <poll.h>

#include "core/base/text.h"
#include "tools/exit_status.h"
#include "tools/memcached_phases.h"

namespace arcus::tools {
namespace {

constexpr int kPauseMs = 1000;

class Logs {
 public:
  Logs(Session& session, const plan::Hosts& hosts, plan::HostFactsByName facts, bool several)
      : session_(session), hosts_(hosts), facts_(std::move(facts)), several_(several) {}

  // Prints what is new of each log. False when one could not be read.
  bool print() {
    const auto plan = plan::plan_logs(hosts_, facts_, session_.flags().lines, ends_);
    const auto report = session_.look(plan);
    for (const auto& outcome : report.outcomes) print(outcome);
    return report.ok();
  }

 private:
  void print(const plan::Outcome& outcome) {
    const std::string& node = outcome.title;
    if (const auto end = outcome.facts.find("end"); end != outcome.facts.end()) {
      ends_[node] = end->second;
    }
    std::string text;
    for (const auto& line : lines(outcome.output)) {
      // The script puts a blank before each line.
      text += (several_ ? node + "  " : "") + printable(std::string_view(line).substr(1)) + "\n";
    }
    if (!text.empty()) session_.output().result(text);
  }

  Session& session_;
  const plan::Hosts& hosts_;
  const plan::HostFactsByName facts_;
  const bool several_;
  std::map<std::string, std::string> ends_;  // where to go on, by node
};

bool wait(const Cancel& cancel) {
  pollfd cancelled{cancel.fd(), POLLIN, 0};
  ::poll(&cancelled, 1, kPauseMs);
  return !cancel.requested();
}

}  // namespace

Result<int> memcached_logs(Session& session) {
  const auto cloud = registered_cloud(session, Undefined::kTaken);
  if (!cloud.ok()) return cloud.error();
  const auto hosts = session.hosts(*cloud, false);
  auto facts = session.probe(hosts);
  Logs logs(session, hosts, std::move(facts), cloud->nodes.size() > 1);
  bool all = logs.print() && session.result().ok();
  while (session.flags().follow && wait(session.cancel())) all = logs.print() && all;
  if (session.flags().follow) return kOk;  // Ctrl-C is how this ends
  return all ? kOk : kFailed;
}

}  // namespace arcus::tools
