#include "core/plan/planners.h"

namespace arcus::plan {

Plan plan_node_status(const Hosts& hosts, const std::string& dir, std::chrono::seconds patience) {
  Stage stage{"Ask the supervisors", {}, OnFailure::kHost, true};
  for (const auto& host : hosts) {
    Script script{"node_status", {{"DIR", dir}, {"REMEMBER", host.is_local ? "no" : "yes"}}};
    stage.steps.push_back({host.name, "ask the supervisors",
                           RunScript{std::move(script), false, patience}});
  }
  return Plan{"status", {std::move(stage)}, {}};
}

}  // namespace arcus::plan
