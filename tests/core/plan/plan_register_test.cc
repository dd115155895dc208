#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/cluster/load.h"
#include "core/plan/planners.h"

namespace arcus::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kNow = "2026-01-02 03:04:05.000006";
constexpr const char* kLater = "2026-02-03 04:05:06.000007";

cluster::Cloud cloud_of(const std::string& service, const std::vector<std::string>& ips,
                        int memlimit = 100) {
  std::string servers;
  for (const auto& ip : ips) {
    servers += (servers.empty() ? "" : ",") + std::string(R"({"hostname":"h)") + ip +
               R"(","ip":")" + ip + R"(","config":{"port":"11211"}})";
  }
  const auto cloud =
      cluster::parse_cloud(R"({"serviceCode":")" + service + R"(","servers":[)" + servers +
                               R"(],"config":{"memlimit":")" + std::to_string(memlimit) + R"("}})",
                           "test");
  EXPECT_TRUE(cloud.ok()) << (cloud.ok() ? "" : cloud.error().message);
  return *cloud;
}

RegistryFacts empty_tree() {
  RegistryFacts facts;
  facts.tree = facts.server_log = true;
  return facts;
}

// What the registry would read after `cloud` was registered.
void add(RegistryFacts& facts, const cluster::Cloud& cloud) {
  CloudFacts& known = facts.clouds[cloud.service_code];
  known.service = cloud.service_code;
  known.document = cluster::document_for_znode(cloud, kNow);
  known.version = 7;
  known.client_list = true;
  for (const auto& node : cloud.nodes) {
    facts.mappings[node.address()] = {{cloud.service_code}, node.mapping_config};
  }
}

std::vector<ZnodeOp> ops(const Plan& plan) {
  return std::get<ChangeZnodes>(plan.stages.at(0).steps.at(0).action).operations;
}

std::vector<std::string> written(const Plan& plan) {
  std::vector<std::string> lines;
  for (const auto& op : ops(plan)) {
    const char* verb[] = {"create ", "set ", "remove ", "check "};
    lines.push_back(verb[static_cast<int>(op.kind)] + op.path);
  }
  return lines;
}

TEST(PlanRegister, ANewCloudIsOneTransaction) {
  const auto registration = plan_register(cloud_of("svc", {"10.0.0.1"}), empty_tree(), kNow);
  ASSERT_TRUE(registration.ok());
  EXPECT_TRUE(registration->is_new);
  EXPECT_THAT(written(registration->plan),
              ElementsAre("create /arcus/cache_list/svc", "create /arcus/client_list/svc",
                          "create /arcus/cache_server_mapping/10.0.0.1:11211",
                          "create /arcus/cache_server_mapping/10.0.0.1:11211/svc"));
  EXPECT_THAT(ops(registration->plan)[0].data, HasSubstr(kNow));
}

TEST(PlanRegister, NothingIsWrittenWhenNothingChanges) {
  RegistryFacts facts = empty_tree();
  const auto cloud = cloud_of("svc", {"10.0.0.1", "10.0.0.2"});
  add(facts, cloud);
  const auto registration = plan_register(cloud, facts, kLater);
  ASSERT_TRUE(registration.ok());
  EXPECT_TRUE(registration->plan.empty());
}

TEST(PlanRegister, OnlyTheDifferenceIsWrittenAndGuardedByTheVersionRead) {
  RegistryFacts facts = empty_tree();
  add(facts, cloud_of("svc", {"10.0.0.1", "10.0.0.2"}));
  facts.clouds["svc"].children = {{"10.0.0.2:11211-h", 1}};
  const auto registration = plan_register(cloud_of("svc", {"10.0.0.1", "10.0.0.3"}), facts, kLater);
  ASSERT_TRUE(registration.ok());
  EXPECT_THAT(written(registration->plan),
              ElementsAre("set /arcus/cache_list/svc",
                          "remove /arcus/cache_server_mapping/10.0.0.2:11211/svc",
                          "remove /arcus/cache_server_mapping/10.0.0.2:11211",
                          "create /arcus/cache_server_mapping/10.0.0.3:11211",
                          "create /arcus/cache_server_mapping/10.0.0.3:11211/svc"));
  EXPECT_EQ(ops(registration->plan)[0].version, 7);
  EXPECT_THAT(ops(registration->plan)[0].data, HasSubstr(kNow));    // created stays
  EXPECT_THAT(ops(registration->plan)[0].data, HasSubstr(kLater));  // modified is new
  EXPECT_THAT(registration->still_running, ElementsAre("10.0.0.2:11211"));
}

TEST(PlanRegister, ChangedSettingsAreSetOnTheMappingsThatStay) {
  RegistryFacts facts = empty_tree();
  add(facts, cloud_of("svc", {"10.0.0.1"}, 100));
  const auto registration = plan_register(cloud_of("svc", {"10.0.0.1"}, 200), facts, kLater);
  ASSERT_TRUE(registration.ok());
  EXPECT_THAT(
      written(registration->plan),
      ElementsAre("set /arcus/cache_list/svc", "set /arcus/cache_server_mapping/10.0.0.1:11211"));
}

TEST(PlanRegister, AnAddressOfAnotherCloudIsRefusedByName) {
  RegistryFacts facts = empty_tree();
  add(facts, cloud_of("other", {"10.0.0.1"}));
  const auto registration = plan_register(cloud_of("svc", {"10.0.0.1", "10.0.0.2"}), facts, kNow);
  ASSERT_FALSE(registration.ok());
  EXPECT_EQ(registration.error().code, ErrorCode::kConflict);
  EXPECT_THAT(registration.error().message, HasSubstr("10.0.0.1:11211 belongs to the cloud other"));
}

TEST(PlanRegister, WithoutATreeItSaysWhatToDo) {
  const auto registration = plan_register(cloud_of("svc", {"10.0.0.1"}), {}, kNow);
  ASSERT_FALSE(registration.ok());
  EXPECT_THAT(registration.error().message, HasSubstr("arcus zookeeper init"));
}

TEST(PlanRegister, AChangeThatIsTooLargeIsRefused) {
  std::vector<std::string> ips;
  for (int i = 0; i < 4000; ++i) {
    ips.push_back("10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1));
  }
  const auto registration = plan_register(cloud_of("svc", ips), empty_tree(), kNow);
  ASSERT_FALSE(registration.ok());
  EXPECT_EQ(registration.error().code, ErrorCode::kRefused);
}

TEST(PlanRegister, AThousandNodesAreOneTransaction) {
  std::vector<std::string> ips;
  for (int i = 0; i < 1000; ++i) {
    ips.push_back("10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1));
  }
  EXPECT_TRUE(plan_register(cloud_of("svc", ips), empty_tree(), kNow).ok());
}

TEST(PlanUnregister, RemovesTheCloudAndItsMappingsAndNoOthers) {
  RegistryFacts facts = empty_tree();
  add(facts, cloud_of("svc", {"10.0.0.1"}));
  add(facts, cloud_of("other", {"10.0.0.9"}));
  const auto plan = plan_unregister("svc", facts, false);
  ASSERT_TRUE(plan.ok());
  EXPECT_THAT(written(*plan),
              ElementsAre("remove /arcus/cache_server_mapping/10.0.0.1:11211/svc",
                          "remove /arcus/cache_server_mapping/10.0.0.1:11211",
                          "remove /arcus/client_list/svc", "remove /arcus/cache_list/svc"));
}

TEST(PlanUnregister, RefusesWhileItIsInUseAndNamesWhoUsesIt) {
  RegistryFacts facts = empty_tree();
  add(facts, cloud_of("svc", {"10.0.0.1"}));
  facts.clouds["svc"].children = {{"10.0.0.1:11211-h", 1}};
  facts.clouds["svc"].clients = {"client-1"};
  const auto refused = plan_unregister("svc", facts, false);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("10.0.0.1:11211-h"));
  EXPECT_THAT(refused.error().message, HasSubstr("client-1"));
  EXPECT_TRUE(plan_unregister("svc", facts, true).ok());
}

TEST(PlanUnregister, AnUnknownServiceIsToldWithNearNames) {
  RegistryFacts facts = empty_tree();
  add(facts, cloud_of("ruo91-cloud", {"10.0.0.1"}));
  const auto plan = plan_unregister("ruo91-clout", facts, false);
  ASSERT_FALSE(plan.ok());
  EXPECT_THAT(plan.error().message, HasSubstr("did you mean ruo91-cloud?"));
}

}  // namespace
}  // namespace arcus::plan
