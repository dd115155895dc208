// What --dry-run prints, letter by letter.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/cluster/load.h"
#include "core/report/outcomes.h"

namespace arcus::report {
namespace {

using ::testing::HasSubstr;

constexpr const char* kNow = "2026-01-02 03:04:05.000006";

plan::HostFacts facts_of(const std::string& user) {
  plan::HostFacts facts;
  facts.login_user = user;
  facts.arch = "x86_64";
  facts.glibc = "2.36";
  facts.dir = user == "root" ? "/opt/arcus" : "/home/" + user + "/arcus";
  facts.root = user == "root";
  facts.sudo = facts.root;
  facts.writable = true;
  facts.free_bytes = 1 << 30;
  return facts;
}

cluster::Host host_of(const std::string& name, const std::string& ip) {
  cluster::Host host;
  host.name = name;
  cluster::Node node;
  node.hostname = name;
  node.ip = ip;
  host.nodes = {node};
  return host;
}

plan::HostPlan deploy_plan() {
  plan::DeployInput input;
  input.cache = {"1.0-cafe", "/tmp/cache.tar.gz", "sum", 1500, 4000};
  input.zookeeper = {"1.0-beef", "/tmp/zk.tar.gz", "sum", 3 << 20, 9 << 20};
  input.arch = "x86_64";
  input.glibc = "2.34";
  input.run_user = "memcached";
  input.token = "t1";
  auto one = host_of("memcached-1", "10.0.0.1");
  one.zk = {{"10.0.0.1", 2181, 1}};
  auto has_it = facts_of("root");
  has_it.releases = {"1.0-cafe"};
  has_it.current = "0.9-dead";
  return plan::plan_deploy(
      {one, host_of("memcached-2", "10.0.0.2"), host_of("memcached-3", "10.0.0.3")},
      {{"memcached-1", facts_of("root")},
       {"memcached-2", facts_of("arcus")},
       {"memcached-3", has_it}},
      input);
}

cluster::Cloud cloud_of(const std::string& memlimit, const std::vector<std::string>& ips) {
  std::string servers;
  for (const auto& ip : ips) {
    servers += (servers.empty() ? "" : ",") + std::string(R"({"hostname":"h)") + ip.back() +
               R"(","ip":")" + ip + R"(","config":{"port":"11211"}})";
  }
  const auto cloud = cluster::parse_cloud(R"({"serviceCode":"shop","servers":[)" + servers +
                                              R"(],"config":{"memlimit":")" + memlimit + R"("}})",
                                          "test");
  EXPECT_TRUE(cloud.ok()) << (cloud.ok() ? "" : cloud.error().message);
  return *cloud;
}

plan::RegistryFacts registered(const cluster::Cloud& cloud) {
  plan::RegistryFacts facts;
  facts.tree = facts.server_log = true;
  auto& known = facts.clouds[cloud.service_code];
  known.service = cloud.service_code;
  known.document = cluster::document_for_znode(cloud, kNow);
  known.version = 7;
  known.client_list = true;
  for (const auto& node : cloud.nodes) {
    facts.mappings[node.address()] = {{cloud.service_code}, node.mapping_config};
  }
  return facts;
}

TEST(PlanText, OfADeployNamesEveryHostAndWhatIsSentWhere) {
  EXPECT_EQ(plan_text(deploy_plan().plan), R"(Plan: deploy

Bring the release to the hosts
  memcached-1: prepare /opt/arcus (as root)
  memcached-1: send 1.0-beef
      3.0 MiB to /opt/arcus/incoming/1.0-beef.t1
  memcached-1: install 1.0-beef (as root)
  memcached-2: prepare /home/arcus/arcus
  memcached-2: send 1.0-cafe
      1.5 KiB to /home/arcus/arcus/incoming/1.0-cafe.t1
  memcached-2: install 1.0-cafe
  memcached-3: switch to 1.0-cafe (as root)
)");
}

TEST(PlanText, OfANewCloudShowsEveryZnode) {
  plan::RegistryFacts empty;
  empty.tree = true;
  const auto plan = plan::plan_register(cloud_of("100", {"10.0.0.1"}), empty, kNow);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan_text(plan->plan), R"(Plan: memcached register

Write the cloud to ZooKeeper
  ensemble: register shop (nodes: 1 added)
      create /arcus/cache_list/shop = {"serviceCode":"shop","servers":[{"hostname":"h1",)"
                                   R"("ip":"10.0.0.1","config":{"port":"11211"}}],)"
                                   R"("config":{"memlimit":"100"},)"
                                   R"("created":"2026-01-02 03:04:05.000006"}
      create /arcus/client_list/shop
      create /arcus/cache_server_mapping/10.0.0.1:11211 = {"memlimit":"100","port":"11211"}
      create /arcus/cache_server_mapping/10.0.0.1:11211/shop
)");
}

TEST(PlanText, OfAChangedCloudShowsOnlyWhatChanges) {
  const auto facts = registered(cloud_of("100", {"10.0.0.1", "10.0.0.2"}));
  const auto plan = plan::plan_register(cloud_of("100", {"10.0.0.2", "10.0.0.3"}), facts,
                                        "2026-02-03 04:05:06.000007");
  ASSERT_TRUE(plan.ok());
  const std::string text = plan_text(plan->plan);
  EXPECT_THAT(text, HasSubstr("ensemble: update shop (nodes: 1 added, 1 removed)\n"));
  EXPECT_THAT(text, HasSubstr(R"("modified":"2026-02-03 04:05:06.000007"})"));
  const auto after = text.substr(text.find("\n      remove"));
  EXPECT_EQ(after, R"(
      remove /arcus/cache_server_mapping/10.0.0.1:11211/shop
      remove /arcus/cache_server_mapping/10.0.0.1:11211
      create /arcus/cache_server_mapping/10.0.0.3:11211 = {"memlimit":"100","port":"11211"}
      create /arcus/cache_server_mapping/10.0.0.3:11211/shop
)");
}

TEST(PlanText, OfAnUnchangedCloudHasNothingToDo) {
  const auto cloud = cloud_of("100", {"10.0.0.1"});
  const auto plan = plan::plan_register(cloud, registered(cloud), kNow);
  ASSERT_TRUE(plan.ok());
  EXPECT_THAT(plan_text(plan->plan), HasSubstr("nothing to do\n"));
}

TEST(PlanText, DoesNotPassOnEscapeCodesOfAZnode) {
  plan::Plan plan{"odd", {{"Write", {}, plan::OnFailure::kAll}}, {}};
  plan.stages[0].steps.push_back(
      {"", "write", plan::ChangeZnodes{{{plan::ZnodeOp::Kind::kSet, "/arcus/x", "\033[31m", -1}}}});
  EXPECT_THAT(plan_text(plan), HasSubstr("set /arcus/x = ?[31m\n"));
}

TEST(PlanJson, HasEveryStepWithItsScript) {
  const auto json = plan_json(deploy_plan().plan);
  EXPECT_EQ(json["plan"], "deploy");
  ASSERT_EQ(json["stages"].size(), 1u);
  EXPECT_EQ(json["stages"][0]["steps"][0], nlohmann::ordered_json::parse(R"({
    "host": "memcached-1", "title": "prepare /opt/arcus",
    "script": "deploy_prepare", "as_root": true})"));
  EXPECT_EQ(json["stages"][0]["steps"][4]["details"][0],
            "1.5 KiB to /home/arcus/arcus/incoming/1.0-cafe.t1");
  EXPECT_EQ(json["stages"][0]["steps"][6]["title"], "switch to 1.0-cafe");
}

}  // namespace
}  // namespace arcus::report
