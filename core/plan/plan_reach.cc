#include "core/base/text.h"
#include "core/plan/planners.h"

namespace arcus::plan {

Plan plan_reach(const Hosts& hosts, const std::vector<cluster::ZkServer>& servers) {
  std::vector<std::string> targets;
  for (const auto& server : servers) targets.push_back(server.address());
  Stage stage{"Reach the ensemble from the hosts", {}, OnFailure::kStep, true};
  for (const auto& host : hosts) {
    if (host.nodes.empty()) continue;
    stage.steps.push_back(
        {host.name, "reach " + join(targets, ", "),
         RunScript{{"reach", {{"TARGETS", join(targets, "\n")}, {"PATIENCE", "3"}}}}});
  }
  return {"ping", {std::move(stage)}, {}};
}

}  // namespace arcus::plan
