#include "core/report/cloud_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace arcus::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kDocument =
    R"({"serviceCode":"shop","servers":[)"
    R"({"hostname":"memcached-1","ip":"10.0.0.1","config":{"port":"11211"}},)"
    R"({"hostname":"memcached-2","ip":"10.0.0.2","config":{"port":"11211"}}],)"
    R"("created":"2026-01-02 03:04:05.000006"})";

// The cloud of kDocument, both nodes mapped, with these znodes present.
plan::RegistryFacts facts_with(const std::vector<std::string>& children) {
  plan::RegistryFacts facts;
  facts.tree = facts.server_log = true;
  auto& cloud = facts.clouds["shop"];
  cloud.service = "shop";
  cloud.document = kDocument;
  for (const auto& name : children) cloud.children.push_back({name, 1});
  facts.mappings["10.0.0.1:11211"] = {{"shop"}, "{}"};
  facts.mappings["10.0.0.2:11211"] = {{"shop"}, "{}"};
  facts.mappings["10.0.0.9:11211"] = {{"other"}, "{}"};
  return facts;
}

CloudStatus status_with(const std::vector<std::string>& children) {
  const auto facts = facts_with(children);
  return cloud_status(facts, facts.clouds.at("shop"));
}

std::vector<std::string> addresses(const std::vector<CloudStatus::Node>& nodes) {
  std::vector<std::string> addresses;
  for (const auto& node : nodes) addresses.push_back(node.address);
  return addresses;
}

TEST(CloudStatus, IsOkWhenEveryMappedNodeIsPresent) {
  const auto status = status_with({"10.0.0.1:11211-memcached-1", "10.0.0.2:11211-memcached-2"});
  EXPECT_EQ(status.status(), "OK");
  EXPECT_EQ(status.total(), 2u);
  EXPECT_THAT(addresses(status.online), ElementsAre("10.0.0.1:11211", "10.0.0.2:11211"));
  EXPECT_EQ(status.online[1].hostname, "memcached-2");
  EXPECT_THAT(status.offline, IsEmpty());
  EXPECT_THAT(status.undefined, IsEmpty());
}

TEST(CloudStatus, IsSomeDownWhenANodeIsMissing) {
  const auto status = status_with({"10.0.0.2:11211-memcached-2"});
  EXPECT_EQ(status.status(), "SOME_DOWN");
  EXPECT_THAT(addresses(status.offline), ElementsAre("10.0.0.1:11211"));
  EXPECT_EQ(status.offline[0].hostname, "memcached-1") << "as the cloud's file has it";
}

TEST(CloudStatus, IsDownWhenNoMappedNodeIsPresent) {
  EXPECT_EQ(status_with({}).status(), "DOWN");
}

TEST(CloudStatus, AnUndefinedNodeMakesNoCloudOkNorSomeDown) {
  const auto down = status_with({"10.0.0.7:11211-stranger"});
  EXPECT_EQ(down.status(), "DOWN");
  EXPECT_THAT(addresses(down.undefined), ElementsAre("10.0.0.7:11211"));
  EXPECT_EQ(down.total(), 2u) << "it is not one of the cloud's";

  const auto ok = status_with(
      {"10.0.0.1:11211-memcached-1", "10.0.0.2:11211-memcached-2", "10.0.0.7:11211-stranger"});
  EXPECT_EQ(ok.status(), "OK");
  // A node mapped to another cloud is undefined in this one.
  EXPECT_THAT(addresses(status_with({"10.0.0.9:11211-lost"}).undefined),
              ElementsAre("10.0.0.9:11211"));
}

TEST(CloudStatus, ReadsTheHostNameAfterTheFirstDash) {
  const auto status = status_with({"10.0.0.1:11211-a-host-with-dashes"});
  ASSERT_EQ(status.online.size(), 1u);
  EXPECT_EQ(status.online[0].hostname, "a-host-with-dashes");
}

TEST(CloudStatus, IsToldOfACloudWhoseDataIsNoJson) {
  auto facts = facts_with({"10.0.0.1:11211-memcached-1"});
  facts.clouds["shop"].document = "not json";
  const auto status = cloud_status(facts, facts.clouds["shop"]);
  EXPECT_EQ(status.status(), "SOME_DOWN");
  EXPECT_EQ(status.created, "");
}

TEST(CloudTables, AreTheListThatOperatorsKnow) {
  const auto status = status_with({"10.0.0.2:11211-memcached-2", "10.0.0.77:11211-stranger"});
  EXPECT_EQ(clouds_text({status}, {}),
            "serviceCode  status     total  online  offline  undefined  created            "
            "         modified\n"
            "shop         SOME_DOWN      2       1        1          1  2026-01-02 "
            "03:04:05.000006  -\n");
  EXPECT_EQ(nodes_text(status, {}),
            "\nOnline\n"
            "  10.0.0.2:11211  memcached-2\n"
            "\nOffline\n"
            "  10.0.0.1:11211  memcached-1\n"
            "\nUndefined (in cache_list, but not registered)\n"
            "  10.0.0.77:11211  stranger\n");
}

TEST(CloudTables, PaintWholeLinesSoThatColumnsStayStraight) {
  const Style color{true};
  const auto ok = status_with({"10.0.0.1:11211-a", "10.0.0.2:11211-b"});
  const std::string text = clouds_text({ok, status_with({})}, color);
  EXPECT_THAT(text, HasSubstr("\033[32mshop         OK "));
  EXPECT_THAT(text, HasSubstr("\033[31mshop         DOWN "));
  EXPECT_THAT(clouds_text({ok}, {}), Not(HasSubstr("\033")));
}

TEST(CloudJson, HoldsWhatTheTableShows) {
  auto status = status_with({"10.0.0.2:11211-memcached-2"});
  status.offline[0].note = "its supervisor gave up";
  EXPECT_EQ(cloud_json(status), nlohmann::ordered_json::parse(R"({
    "serviceCode": "shop", "status": "SOME_DOWN", "total": 2,
    "created": "2026-01-02 03:04:05.000006", "modified": "",
    "online": [{"address": "10.0.0.2:11211", "hostname": "memcached-2", "state": "online"}],
    "offline": [{"address": "10.0.0.1:11211", "hostname": "memcached-1",
                 "state": "offline", "note": "its supervisor gave up"}],
    "undefined": []})"));
}

}  // namespace
}  // namespace arcus::report
