#include <algorithm>

#include "core/base/text.h"
#include "core/plan/node_steps.h"
#include "core/plan/planners.h"

namespace arcus::plan {
namespace {

struct Place {
  const cluster::Host* host = nullptr;
  const HostFacts* facts = nullptr;
  const cluster::Node* node = nullptr;
};

// The nodes in the order asked for; those of hosts that could not be looked at are left out.
std::vector<Place> places(const Hosts& hosts, const HostFactsByName& facts,
                          const std::vector<std::string>& order) {
  std::vector<Place> found;
  for (const auto& address : order) {
    for (const auto& host : hosts) {
      const auto known = facts.find(host.name);
      if (known == facts.end()) continue;
      for (const auto& node : host.nodes) {
        if (node.address() == address) found.push_back({&host, &known->second, &node});
      }
    }
  }
  return found;
}

Step watch_step(const Place& place, std::chrono::seconds span) {
  return {place.host->name, "watch " + place.node->address(),
          RunScript{{"node_watch",
                     {{"DIR", place.facts->dir},
                      {"NODE", place.node->address()},
                      {"SECONDS_TO_WATCH", std::to_string(span.count())}}},
                    place.facts->as_root(),
                    span + std::chrono::seconds(15)},
          place.node->address()};
}

}  // namespace

HostPlan plan_nodes_restart(const Hosts& hosts, const HostFactsByName& facts,
                            const NodesInput& input, const RestartInput& how) {
  constexpr std::chrono::seconds kCanaryWatch{10};
  HostPlan result;
  result.plan.title = "memcached restart";
  const auto all = places(hosts, facts, how.order);
  std::size_t begun = 0;
  while (begun < all.size()) {
    const bool canary = how.canary && begun == 0;
    const std::size_t count = std::min(canary ? 1 : how.width, all.size() - begun);
    Stage wave{"", {}, OnFailure::kAll};
    AwaitNodes joined{input.service, {}, true};
    for (std::size_t i = begun; i < begun + count; ++i) {
      const Place& place = all[i];
      wave.steps.push_back(stop_step(*place.host, *place.facts, *place.node, input));
      wave.steps.push_back(start_step(*place.host, *place.facts, *place.node, input));
      wave.steps.push_back(wait_step(*place.host, *place.facts, *place.node, input));
      joined.nodes.push_back(place.node->address());
    }
    begun += count;
    wave.title = std::string(canary ? "Restart the canary" : "Restart") + " (" +
                 std::to_string(begun) + " of " + std::to_string(all.size()) + ")";
    Stage see{"See them in ZooKeeper", {}, OnFailure::kAll, true};
    see.steps.push_back({"", "see " + join(joined.nodes, ", ") + " in ZooKeeper", joined});
    result.plan.stages.push_back(std::move(wave));
    result.plan.stages.push_back(std::move(see));
    if (canary && begun < all.size()) {
      result.plan.stages.push_back(
          {"Watch the canary", {watch_step(all[0], kCanaryWatch)}, OnFailure::kAll, true});
    }
  }
  return result;
}

std::vector<std::string> not_restarted(const std::vector<std::string>& order,
                                       const std::vector<Outcome>& outcomes) {
  std::vector<std::string> left;
  for (const auto& address : order) {
    const bool done = std::any_of(outcomes.begin(), outcomes.end(), [&](const Outcome& outcome) {
      return outcome.title == wait_title(address) && outcome.state == State::kDone;
    });
    if (!done) left.push_back(address);
  }
  return left;
}

}  // namespace arcus::plan
