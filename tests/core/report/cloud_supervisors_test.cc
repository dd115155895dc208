#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/report/cloud_status.h"

namespace arcus::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kFirst = "10.0.0.1:11211";
constexpr const char* kSecond = "10.0.0.2:11211";

// A cloud of two nodes, each on a host of its own, the first one in ZooKeeper.
class CloudSupervisors : public testing::Test {
 protected:
  CloudSupervisors() {
    cloud_.service = "shop";
    cloud_.online.push_back({kFirst, "memcached-1", "", "online"});
    cloud_.offline.push_back({kSecond, "memcached-2", "", "offline"});
    for (const auto* number : {"1", "2"}) {
      cluster::Host host;
      host.name = std::string("memcached-") + number;
      cluster::Node node;
      node.ip = std::string("10.0.0.") + number;
      host.nodes.push_back(node);
      hosts_.push_back(host);
      answers_.push_back({host.name, "", "r2", {}});
    }
    says(0, kFirst, "ready");
    says(1, kSecond, "stopped").wanted = "down";
  }

  plan::NodeFacts& says(std::size_t host, const std::string& address, const std::string& state) {
    plan::NodeFacts& node = answers_[host].nodes[address];
    node.address = address;
    node.service = "shop";
    node.release = "r2";
    node.state = state;
    node.wanted = "up";
    node.supervised = true;
    node.argv = {"arcus-memcached", "-m100", "-c", "1000", "-t", "6"};
    return node;
  }
  void add() { add_supervisors(cloud_, hosts_, answers_); }

  CloudStatus cloud_;
  plan::Hosts hosts_;
  std::vector<plan::HostNodes> answers_;
};

TEST_F(CloudSupervisors, AgreeWithZooKeeperWhereAllIsWell) {
  add();
  EXPECT_EQ(cloud_.online[0].state, "online");
  EXPECT_EQ(cloud_.offline[0].state, "stopped");
  EXPECT_THAT(cloud_.contradictions, IsEmpty());
}

TEST_F(CloudSupervisors, TellHowOftenAndWhyANodeDied) {
  auto& node = says(0, kFirst, "ready");
  node.restarts = 2;
  node.last_exit = "killed by signal 9 (SIGKILL)";
  add();
  EXPECT_EQ(cloud_.online[0].note, "ready, 2 restarts, last died killed by signal 9 (SIGKILL)");
  EXPECT_THAT(nodes_text(cloud_, {}), HasSubstr("10.0.0.1:11211  memcached-1  ready, 2 restarts"));
}

TEST_F(CloudSupervisors, GiveAnOfflineNodeItsState) {
  for (const auto* state : {"starting", "failing", "backing-off", "given-up", "stopping"}) {
    says(1, kSecond, state);
    add();
    EXPECT_EQ(cloud_.offline[0].state, state);
  }
}

TEST_F(CloudSupervisors, AHostThatIsNotReachedIsSaid) {
  answers_[1] = {"memcached-2", "connection refused", "", {}};
  add();
  EXPECT_EQ(cloud_.offline[0].state, "unreachable");
  EXPECT_EQ(cloud_.offline[0].note, "host unreachable: connection refused");
}

TEST_F(CloudSupervisors, ANodeThatIsReadyAndNotInZooKeeperContradicts) {
  says(1, kSecond, "ready");
  add();
  EXPECT_THAT(cloud_.contradictions,
              ElementsAre("10.0.0.2:11211 is ready, and not in ZooKeeper"));
}

TEST_F(CloudSupervisors, ANodeThatIsStoppedAndInZooKeeperContradicts) {
  says(0, kFirst, "stopped").wanted = "down";
  add();
  EXPECT_THAT(cloud_.contradictions, ElementsAre(HasSubstr("is in ZooKeeper, and its supervisor "
                                                           "says stopped")));
}

TEST_F(CloudSupervisors, AnotherReleaseOrOtherOptionsContradict) {
  auto& node = says(0, kFirst, "ready");
  node.release = "r1";
  node.argv = {"arcus-memcached", "-m64", "-c", "1000", "-t", "6"};
  add();
  EXPECT_THAT(cloud_.contradictions,
              ElementsAre(HasSubstr("runs release r1, and r2 is deployed"),
                          HasSubstr("runs with memlimit 64, and is registered with 100")));
}

TEST_F(CloudSupervisors, ANodeWithoutItsSupervisorContradicts) {
  says(0, kFirst, "ready").supervised = false;
  add();
  EXPECT_THAT(cloud_.contradictions, ElementsAre(HasSubstr("its supervisor does not")));
}

TEST_F(CloudSupervisors, ANodeThatRunsWithoutBeingRegisteredContradicts) {
  says(0, "10.0.0.1:11212", "ready");
  says(1, "10.0.0.2:11299", "ready").service = "another";
  add();
  EXPECT_THAT(cloud_.contradictions,
              ElementsAre("10.0.0.1:11212 runs on memcached-1 (ready), and is not registered"));
}

TEST(NodeFacts, OptionsMayStandTogetherOrApart) {
  EXPECT_EQ(plan::option_of({"x", "-m64"}, 'm'), 64u);
  EXPECT_EQ(plan::option_of({"x", "-m", "64", "-m", "65"}, 'm'), 65u);
  EXPECT_FALSE(plan::option_of({"x", "-c", "-m"}, 'm'));
}

TEST(NodeFacts, WhatIsNoStatusIsNoNode) {
  EXPECT_FALSE(plan::parse_node_facts("{\"node\":\"a\",\"error\":\"x\"}"));
  EXPECT_FALSE(plan::parse_node_facts("{\"node\":7,\"state\":\"ready\"}"));
  EXPECT_FALSE(plan::parse_node_facts("no json"));
}

}  // namespace
}  // namespace arcus::report
