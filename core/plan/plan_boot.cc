#include "core/plan/planners.h"

namespace arcus::plan {

HostPlan plan_boot(const Hosts& hosts, const HostFactsByName& facts, const std::string& service,
                   bool enable) {
  HostPlan result;
  Stage stage{enable ? "Have the nodes come back after a reboot"
                     : "Have the nodes stay down after a reboot",
              {},
              OnFailure::kStep};
  for (const auto& host : hosts) {
    const auto known = facts.find(host.name);
    if (known == facts.end()) continue;
    stage.steps.push_back({host.name, (enable ? "enable " : "disable ") + service,
                           RunScript{{"node_boot",
                                      {{"DIR", known->second.dir},
                                       {"SERVICE", service},
                                       {"ENABLE", enable ? "yes" : "no"}}},
                                     known->second.as_root()}});
  }
  result.plan = {enable ? "memcached enable" : "memcached disable", {std::move(stage)}, {}};
  return result;
}

}  // namespace arcus::plan
