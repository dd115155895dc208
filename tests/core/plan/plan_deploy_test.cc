#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/plan/planners.h"

namespace arcus::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

cluster::Host cache_host(const std::string& name) {
  cluster::Host host;
  host.name = name;
  cluster::Node node;
  node.hostname = name;
  node.ip = "10.0.0.1";
  host.nodes = {node};
  return host;
}

HostFacts bare_host() {
  HostFacts facts;
  facts.login_user = "root";
  facts.arch = "x86_64";
  facts.glibc = "2.36";
  facts.dir = "/opt/arcus";
  facts.root = facts.sudo = facts.writable = true;
  facts.free_bytes = 1 << 30;
  return facts;
}

DeployInput release() {
  DeployInput input;
  input.cache = {"1.0-cache", "/tmp/cache.tar.gz", "sum", 1000, 4000};
  input.zookeeper = {"1.0-zk", "/tmp/zk.tar.gz", "sum", 2000, 8000};
  input.arch = "x86_64";
  input.glibc = "2.34";
  input.run_user = "memcached";
  input.token = "t";
  return input;
}

std::vector<std::string> titles(const Plan& plan) {
  std::vector<std::string> titles;
  for (const auto& stage : plan.stages) {
    for (const auto& step : stage.steps) titles.push_back(step.host + ": " + step.title);
  }
  return titles;
}

TEST(PlanDeploy, BringsTheReleaseToABareHost) {
  const auto plan = plan_deploy({cache_host("a")}, {{"a", bare_host()}}, release());
  EXPECT_THAT(plan.complaints, IsEmpty());
  EXPECT_THAT(titles(plan.plan),
              ElementsAre("a: prepare /opt/arcus", "a: send 1.0-cache", "a: install 1.0-cache"));
  EXPECT_EQ(plan.plan.cleanup.size(), 1u);
}

TEST(PlanDeploy, SkipsHostsThatAlreadyHaveTheRelease) {
  HostFacts facts = bare_host();
  facts.releases = {"1.0-cache"};
  facts.current = "1.0-cache";
  EXPECT_TRUE(plan_deploy({cache_host("a")}, {{"a", facts}}, release()).plan.empty());
}

TEST(PlanDeploy, OnlySwitchesWhereTheReleaseIsThereButNotInUse) {
  HostFacts facts = bare_host();
  facts.releases = {"1.0-cache"};
  facts.current = "0.9-cache";
  const auto plan = plan_deploy({cache_host("a")}, {{"a", facts}}, release());
  EXPECT_THAT(titles(plan.plan), ElementsAre("a: switch to 1.0-cache"));
}

TEST(PlanDeploy, ZooKeeperHostsGetTheReleaseWithZooKeeper) {
  cluster::Host host = cache_host("a");
  host.zk = {{"a", 2181, 1}};
  EXPECT_THAT(titles(plan_deploy({host}, {{"a", bare_host()}}, release()).plan)[1],
              HasSubstr("1.0-zk"));
  // Also when the server on it belongs to another ensemble than this command's.
  HostFacts facts = bare_host();
  facts.zk_instances = {"2182"};
  EXPECT_THAT(titles(plan_deploy({cache_host("a")}, {{"a", facts}}, release()).plan)[1],
              HasSubstr("1.0-zk"));
}

TEST(PlanDeploy, WorksAsRootOnlyWhereItMust) {
  HostFacts facts = bare_host();
  facts.root = false;
  facts.login_user = "deployer";
  const auto own = plan_deploy({cache_host("a")}, {{"a", facts}}, release());
  EXPECT_FALSE(std::get<RunScript>(own.plan.stages[0].steps[0].action).as_root);
  facts.writable = false;
  const auto sudo = plan_deploy({cache_host("a")}, {{"a", facts}}, release());
  EXPECT_TRUE(std::get<RunScript>(sudo.plan.stages[0].steps[0].action).as_root);
}

struct Obstacle {
  const char* name;
  void (*spoil)(HostFacts&);
  const char* expected;
};

class PlanDeployObstacle : public testing::TestWithParam<Obstacle> {};

TEST_P(PlanDeployObstacle, IsToldAndTheOtherHostsGoOn) {
  HostFacts spoiled = bare_host();
  GetParam().spoil(spoiled);
  const auto plan = plan_deploy({cache_host("bad"), cache_host("good")},
                                {{"bad", spoiled}, {"good", bare_host()}}, release());
  ASSERT_EQ(plan.complaints.size(), 1u);
  EXPECT_EQ(plan.complaints[0].host, "bad");
  EXPECT_THAT(plan.complaints[0].message, HasSubstr(GetParam().expected));
  for (const auto& title : titles(plan.plan)) EXPECT_THAT(title, testing::StartsWith("good"));
}

INSTANTIATE_TEST_SUITE_P(
    All, PlanDeployObstacle,
    testing::Values(Obstacle{"arch", [](HostFacts& f) { f.arch = "aarch64"; }, "aarch64"},
                    Obstacle{"glibc", [](HostFacts& f) { f.glibc = "2.9"; }, "needs glibc 2.34"},
                    Obstacle{"musl", [](HostFacts& f) { f.glibc = ""; }, "not glibc"},
                    Obstacle{"disk", [](HostFacts& f) { f.free_bytes = 4999; }, "are free"},
                    Obstacle{"tools", [](HostFacts& f) { f.missing_tools = {"tar"}; }, "lacks tar"},
                    Obstacle{"dir", [](HostFacts& f) { f.other_dir = "/srv/arcus"; }, "/srv/arcus"},
                    Obstacle{"rights", [](HostFacts& f) { f.root = f.sudo = f.writable = false; },
                             "sudo -n"}),
    [](const auto& test) { return test.param.name; });

TEST(PlanDeploy, HostsWithoutFactsAreLeftToTheReport) {
  EXPECT_TRUE(plan_deploy({cache_host("dead")}, {}, release()).plan.empty());
}

}  // namespace
}  // namespace arcus::plan
