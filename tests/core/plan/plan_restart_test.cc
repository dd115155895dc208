#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/plan/planners.h"

namespace arcus::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Three hosts with a node each.
class PlanRestart : public testing::Test {
 protected:
  PlanRestart() {
    for (const auto* number : {"1", "2", "3"}) {
      cluster::Host host;
      host.name = std::string("memcached-") + number;
      cluster::Node node;
      node.ip = std::string("10.0.0.") + number;
      host.nodes = {node};
      hosts_.push_back(host);
      facts_[host.name].dir = "/opt/arcus";
      how_.order.push_back(node.address());
    }
    input_.service = "shop";
  }
  Plan plan() { return plan_nodes_restart(hosts_, facts_, input_, how_).plan; }
  std::vector<std::string> titles() {
    std::vector<std::string> titles;
    for (const auto& stage : plan().stages) titles.push_back(stage.title);
    return titles;
  }

  Hosts hosts_;
  HostFactsByName facts_;
  NodesInput input_;
  RestartInput how_;
};

TEST_F(PlanRestart, TakesOneNodeAtATimeAndSeesItBeforeTheNext) {
  EXPECT_THAT(titles(), ElementsAre("Restart (1 of 3)", "See them in ZooKeeper", "Restart (2 of 3)",
                                    "See them in ZooKeeper", "Restart (3 of 3)",
                                    "See them in ZooKeeper"));
  const auto first = plan().stages[0];
  ASSERT_EQ(first.steps.size(), 3u);
  EXPECT_EQ(first.steps[0].title, "stop 10.0.0.1:11211");
  EXPECT_EQ(first.steps[1].title, "start 10.0.0.1:11211");
  EXPECT_EQ(first.steps[2].title, "wait for 10.0.0.1:11211");
}

TEST_F(PlanRestart, AnyFailureEndsIt) {
  for (const auto& stage : plan().stages) EXPECT_EQ(stage.on_failure, OnFailure::kAll);
}

TEST_F(PlanRestart, TakesAsManyAtATimeAsItIsTold) {
  how_.width = 2;
  EXPECT_THAT(titles(), ElementsAre("Restart (2 of 3)", "See them in ZooKeeper", "Restart (3 of 3)",
                                    "See them in ZooKeeper"));
}

TEST_F(PlanRestart, WatchesTheCanaryBeforeItGoesOn) {
  how_.width = 5;
  how_.canary = true;
  EXPECT_THAT(titles(), ElementsAre("Restart the canary (1 of 3)", "See them in ZooKeeper",
                                    "Watch the canary", "Restart (3 of 3)",
                                    "See them in ZooKeeper"));
}

TEST_F(PlanRestart, WhatWasNotSeenReadyIsLeft) {
  EXPECT_EQ(not_restarted(how_.order, {}), how_.order);
  std::vector<Outcome> outcomes(2);
  outcomes[0].title = "wait for 10.0.0.1:11211";
  outcomes[0].state = State::kDone;
  outcomes[1].title = "wait for 10.0.0.2:11211";
  outcomes[1].state = State::kFailed;
  EXPECT_THAT(not_restarted(how_.order, outcomes),
              ElementsAre("10.0.0.2:11211", "10.0.0.3:11211"));
}

TEST_F(PlanRestart, AHostThatIsNotReachedIsLeftOutAndCounts) {
  facts_.erase("memcached-2");
  EXPECT_THAT(titles(), ElementsAre("Restart (1 of 2)", "See them in ZooKeeper", "Restart (2 of 2)",
                                    "See them in ZooKeeper"));
}

}  // namespace
}  // namespace arcus::plan
