#include "tools/cmd_restart.h"

#include <algorithm>

#include "core/base/text.h"
#include "tools/memcached_phases.h"

namespace arcus::tools {
namespace {

// The cloud's nodes but for those that somebody stopped: they stay so, unless named.
std::vector<std::string> to_restart(Session& session, const cluster::Cloud& cloud,
                                    const std::vector<plan::HostNodes>& answers) {
  const auto wanted_up = [&](const std::string& address) {
    return std::any_of(answers.begin(), answers.end(), [&](const plan::HostNodes& host) {
      const auto found = host.nodes.find(address);
      return found == host.nodes.end() ? !host.error.empty() : found->second.wanted_up();
    });
  };
  std::vector<std::string> order;
  std::vector<std::string> left_out;
  for (const auto& node : cloud.nodes) {
    const bool named = !session.flags().nodes.empty();
    (named || wanted_up(node.address()) ? order : left_out).push_back(node.address());
  }
  if (!left_out.empty()) {
    session.output().say("Stopped, and left so: " + join(left_out, ", "));
  }
  return order;
}

std::string how_to_go_on(const Session& session, const std::vector<std::string>& left) {
  const auto& flags = session.flags();
  std::string text = "Not restarted: " + join(left, ", ") +
                     "\nOnce the trouble is mended, go on with: arcus memcached restart";
  if (flags.width != 1) text += " --width " + std::to_string(flags.width);
  for (const auto& address : left) text += " --node " + address;
  return text + " " + flags.service + "\n";
}

Result<int> set_boot(Session& session, bool enable) {
  const auto cloud = registered_cloud(session, Undefined::kLeftOut);
  if (!cloud.ok()) return cloud.error();
  const auto hosts = session.hosts(*cloud, false);
  session.execute(plan::plan_boot(hosts, session.probe(hosts), cloud->service_code, enable));
  return session.finish();
}

}  // namespace

Result<int> memcached_restart(Session& session) {
  const auto cloud = registered_cloud(session, Undefined::kLeftOut);
  if (!cloud.ok()) return cloud.error();
  const auto hosts = session.hosts(*cloud, false);
  const auto facts = session.probe(hosts);
  plan::RestartInput how;
  how.order = to_restart(session, *cloud, ask_supervisors(session, hosts));
  how.width = session.flags().width;
  how.canary = session.flags().canary;
  session.execute(plan::plan_nodes_restart(hosts, facts, nodes_input(session, *cloud), how));
  if (session.flags().dry_run) return session.finish();
  const auto left = plan::not_restarted(how.order, session.outcomes());
  nlohmann::ordered_json extra = nlohmann::ordered_json::object();
  extra["not_restarted"] = left;
  const int status = session.finish(std::move(extra));
  if (!left.empty() && !session.output().json()) {
    session.output().result(how_to_go_on(session, left));
  }
  return status;
}

Result<int> memcached_enable(Session& session) {
  return set_boot(session, true);
}

Result<int> memcached_disable(Session& session) {
  return set_boot(session, false);
}

}  // namespace arcus::tools
