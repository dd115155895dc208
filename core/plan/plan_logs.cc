#include "core/plan/planners.h"

namespace arcus::plan {

Plan plan_logs(const Hosts& hosts, const HostFactsByName& facts, unsigned lines,
               const std::map<std::string, std::string>& ends) {
  Stage stage{"Read the logs", {}, OnFailure::kStep, true};
  for (const auto& host : hosts) {
    const auto known = facts.find(host.name);
    if (known == facts.end()) continue;
    for (const auto& node : host.nodes) {
      const auto end = ends.find(node.address());
      Script script{"node_log",
                    {{"DIR", known->second.dir},
                     {"NODE", node.address()},
                     {"LINES", std::to_string(lines)},
                     {"OFFSET", end == ends.end() ? "" : end->second}}};
      stage.steps.push_back({host.name, node.address(),
                             RunScript{std::move(script), known->second.as_root()},
                             node.address()});
    }
  }
  return Plan{"logs", {std::move(stage)}, {}};
}

}  // namespace arcus::plan
