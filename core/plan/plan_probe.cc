#include "core/base/text.h"
#include "core/plan/planners.h"

namespace arcus::plan {

Plan plan_probe(const Hosts& hosts, const ProbeOptions& options) {
  Stage stage{"Look at the hosts", {}, OnFailure::kHost, true};
  for (const auto& host : hosts) {
    std::vector<std::string> ports;
    for (const auto& server : host.zk) ports.push_back(std::to_string(server.client_port));
    Script script{"probe_host",
                  {{"DIR", options.dir},
                   {"REMEMBER", host.is_local ? "no" : "yes"},
                   {"RELEASES", join(options.releases, "\n")},
                   {"ZK_PORTS", join(ports, "\n")},
                   {"JAVA", options.java.empty() ? "java" : options.java}}};
    stage.steps.push_back({host.name, "look at the host", RunScript{std::move(script)}});
  }
  return Plan{"probe", {std::move(stage)}, {}};
}

}  // namespace arcus::plan
