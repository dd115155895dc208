#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/plan/planners.h"

namespace arcus::plan {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::vector<cluster::ZkServer> kEnsemble = {
    {"zk1", 2181, 1}, {"zk2", 2181, 2}, {"zk3", 2181, 3}};

Hosts three_hosts() {
  Hosts hosts;
  for (const auto& server : kEnsemble) {
    cluster::Host host;
    host.name = server.host;
    host.zk = {server};
    hosts.push_back(host);
  }
  return hosts;
}

HostFacts deployed() {
  HostFacts facts;
  facts.dir = "/opt/arcus";
  facts.current = "1.0";
  facts.root = true;
  return facts;
}

HostFactsByName facts_of(const Hosts& hosts) {
  HostFactsByName facts;
  for (const auto& host : hosts) facts[host.name] = deployed();
  return facts;
}

TEST(ZooCfg, KeepsTheFloorOfTheOldTemplate) {
  const auto text =
      zoo_cfg({}, kEnsemble, kEnsemble[0], "/opt/arcus/zookeeper/2181", three_hosts());
  for (const char* line :
       {"clientPort=2181\n", "maxClientCnxns=100\n", "minSessionTimeout=4000\n",
        "maxSessionTimeout=200000\n", "4lw.commands.whitelist=*\n", "admin.enableServer=false\n",
        "dataDir=/opt/arcus/zookeeper/2181/data\n", "server.3=zk3:2888:3888\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(ZooCfg, AServerAloneStandsAlone) {
  EXPECT_THAT(zoo_cfg({}, {kEnsemble[0]}, kEnsemble[0], "/d", three_hosts()),
              Not(HasSubstr("server.1")));
}

TEST(ZooCfg, ServersOnOneHostHavePortsOfTheirOwn) {
  const std::vector<cluster::ZkServer> ensemble = {
      {"127.0.0.1", 2181, 1}, {"127.0.0.1", 2182, 2}, {"127.0.0.1", 2183, 3}};
  cluster::Host host;
  host.name = host.address = "127.0.0.1";
  host.is_local = true;
  host.zk = ensemble;
  const auto text = zoo_cfg({}, ensemble, ensemble[1], "/d", {host});
  EXPECT_THAT(text, HasSubstr("clientPort=2182\nclientPortAddress=127.0.0.1\n"));
  EXPECT_THAT(text, HasSubstr("server.1=127.0.0.1:2888:3888\nserver.2=127.0.0.1:2889:3889\n"));
}

TEST(ZooCfg, AllowsMoreConnectionsThanTheHostHasNodes) {
  Hosts hosts = three_hosts();
  hosts[0].nodes.resize(200);
  EXPECT_THAT(zoo_cfg({}, kEnsemble, kEnsemble[0], "/d", hosts), HasSubstr("maxClientCnxns=250\n"));
}

TEST(PlanZkConfigure, NeverLowersTheConnectionsThatAServerAllows) {
  const Hosts hosts = three_hosts();
  auto facts = facts_of(hosts);
  facts["zk2"].zk[2181].config = {"maxClientCnxns=250", "server.1=zk1:2888:3888",
                                  "server.2=zk2:2888:3888", "server.3=zk3:2888:3888"};
  const auto plan = plan_zk_configure(hosts, facts, {}, kEnsemble);
  ASSERT_THAT(plan.complaints, IsEmpty());
  const auto& script = std::get<RunScript>(plan.plan.stages[0].steps[1].action).script;
  for (const auto& [name, value] : script.values) {
    if (name == "CONFIG") {
      EXPECT_THAT(value, HasSubstr("maxClientCnxns=250\n"));
    }
  }
}

TEST(PlanZkConfigure, WritesEveryServer) {
  const Hosts hosts = three_hosts();
  const auto plan = plan_zk_configure(hosts, facts_of(hosts), {}, kEnsemble);
  EXPECT_THAT(plan.complaints, IsEmpty());
  EXPECT_EQ(plan.plan.stages[0].steps.size(), 3u);
}

struct Refusal {
  const char* name;
  void (*spoil)(HostFacts&);
  const char* expected;
};

class PlanZkConfigureRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(PlanZkConfigureRefuses, AndSaysWhatToDo) {
  const Hosts hosts = three_hosts();
  auto facts = facts_of(hosts);
  GetParam().spoil(facts["zk2"]);
  const auto plan = plan_zk_configure(hosts, facts, {}, kEnsemble);
  ASSERT_EQ(plan.complaints.size(), 1u);
  EXPECT_EQ(plan.complaints[0].host, "zk2");
  EXPECT_THAT(plan.complaints[0].message, HasSubstr(GetParam().expected));
}

INSTANTIATE_TEST_SUITE_P(
    All, PlanZkConfigureRefuses,
    testing::Values(Refusal{"other_id", [](HostFacts& f) { f.zk[2181].myid = "3"; }, "order"},
                    Refusal{"foreign", [](HostFacts& f) { f.zk[2181].foreign = true; }, "managed"},
                    Refusal{"old_data", [](HostFacts& f) { f.zk[2181].data = true; }, "adopt"},
                    Refusal{"other_members",
                            [](HostFacts& f) { f.zk[2181].config = {"server.1=zk9:2888:3888"}; },
                            "other members"},
                    Refusal{"undeployed", [](HostFacts& f) { f.current = ""; }, "arcus deploy"}),
    [](const auto& test) { return test.param.name; });

TEST(PlanZkStart, WaitsForTheWholeEnsemble) {
  const Hosts hosts = three_hosts();
  const auto plan = plan_zk_start(hosts, facts_of(hosts), {}, 3);
  ASSERT_EQ(plan.plan.stages.size(), 2u);
  EXPECT_EQ(std::get<AwaitEnsemble>(plan.plan.stages[1].steps[0].action).servers, 3u);
}

}  // namespace
}  // namespace arcus::plan
