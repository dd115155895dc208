#include "core/cluster/hosts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace arcus::cluster {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Node node(const std::string& hostname, const std::string& ip, std::uint16_t port) {
  return Node{hostname, ip, port, {}, {}};
}

// Knows only what the test says.
Resolver names(std::map<std::string, std::vector<std::string>> known) {
  return [known](const std::string& name) {
    const auto found = known.find(name);
    return found == known.end() ? std::vector<std::string>() : found->second;
  };
}

TEST(HostsOf, GathersTheNodesOfAHost) {
  Cloud cloud;
  cloud.nodes = {node("m1", "10.0.0.1", 1), node("m2", "10.0.0.2", 1), node("m1", "10.0.0.1", 2)};
  const auto hosts = hosts_of(cloud, {}, {}, names({}));
  ASSERT_THAT(hosts, SizeIs(2));
  EXPECT_EQ(hosts[0].name, "m1");
  EXPECT_EQ(hosts[0].address, "10.0.0.1");
  EXPECT_THAT(hosts[0].nodes, SizeIs(2));
  EXPECT_EQ(hosts[1].name, "m2");
  EXPECT_FALSE(hosts[0].is_local);
}

TEST(HostsOf, KnowsAnEnsembleServerByItsNameInTheCloud) {
  Cloud cloud;
  cloud.nodes = {node("m1", "10.0.0.1", 1)};
  const auto hosts = hosts_of(cloud, {{"m1", 2181, 1}}, {}, names({}));
  ASSERT_THAT(hosts, SizeIs(1));
  EXPECT_THAT(hosts[0].zk, SizeIs(1));
}

TEST(HostsOf, KnowsAnEnsembleServerByAnyAddressItsNameHas) {
  Cloud cloud;
  cloud.nodes = {node("m1", "10.0.0.1", 1)};
  const auto hosts = hosts_of(cloud, {{"zk1.example", 2181, 1}}, {},
                              names({{"zk1.example", {"192.0.2.9", "10.0.0.1"}}}));
  ASSERT_THAT(hosts, SizeIs(1));
  EXPECT_EQ(hosts[0].name, "m1");
  EXPECT_THAT(hosts[0].aliases, ElementsAre("10.0.0.1", "m1", "zk1.example"));
}

TEST(HostsOf, TwoNamesOfOneAddressAreOneHost) {
  const auto hosts = hosts_of({}, {{"a", 2181, 1}, {"b", 2182, 2}}, {},
                              names({{"a", {"10.0.0.1"}}, {"b", {"10.0.0.1"}}}));
  ASSERT_THAT(hosts, SizeIs(1));
  EXPECT_EQ(hosts[0].name, "a");
  EXPECT_EQ(hosts[0].address, "10.0.0.1");
  EXPECT_THAT(hosts[0].zk, SizeIs(2));
}

TEST(HostsOf, ANameThatNobodyKnowsIsItsOwnAddress) {
  const auto hosts = hosts_of({}, {{"alias-of-ssh", 2181, 1}}, {}, names({}));
  ASSERT_THAT(hosts, SizeIs(1));
  EXPECT_EQ(hosts[0].name, "alias-of-ssh");
  EXPECT_EQ(hosts[0].address, "alias-of-ssh");
}

TEST(HostsOf, AllLoopbackAddressesAreThisMachine) {
  Cloud cloud;
  cloud.nodes = {node("localhost", "127.0.0.1", 1)};
  const auto hosts =
      hosts_of(cloud, {{"127.0.0.2", 2181, 1}, {"::1", 2182, 2}, {"me", 2183, 3}}, {},
               names({{"me", {"127.0.1.1"}}, {"127.0.0.2", {"127.0.0.2"}}, {"::1", {"::1"}}}));
  ASSERT_THAT(hosts, SizeIs(1));
  EXPECT_TRUE(hosts[0].is_local);
  EXPECT_THAT(hosts[0].zk, SizeIs(3));
}

TEST(HostsOf, LocalhostIsLocalEvenWhereNothingResolvesIt) {
  const auto hosts = hosts_of({}, {{"localhost", 2181, 1}}, {}, names({}));
  ASSERT_THAT(hosts, SizeIs(1));
  EXPECT_TRUE(hosts[0].is_local);
}

TEST(HostsOf, SettingsOfAHostWinOverThoseForAll) {
  Cloud cloud;
  cloud.nodes = {node("m1", "10.0.0.1", 1), node("m2", "10.0.0.2", 1)};
  Settings settings;
  settings.ssh.user = "all";
  settings.ssh.port = 22;
  settings.hosts["10.0.0.1"].user = "one";
  settings.hosts["m1"].address = "192.0.2.1";
  const auto hosts = hosts_of(cloud, {}, settings, names({}));
  ASSERT_THAT(hosts, SizeIs(2));
  EXPECT_EQ(hosts[0].ssh, (HostSettings{"192.0.2.1", "one", 22, ""}));
  EXPECT_EQ(hosts[1].ssh, (HostSettings{"", "all", 22, ""}));
}

TEST(HostsOf, AForwardedPortOnLoopbackIsNotThisMachine) {
  Settings settings;
  settings.hosts["zk1"] = HostSettings{"127.0.0.1", "", 2201, ""};
  settings.hosts["zk2"] = HostSettings{"127.0.0.1", "", 2202, ""};
  const auto hosts = hosts_of({}, {{"zk1", 2181, 1}, {"zk2", 2181, 2}}, settings, names({}));
  ASSERT_THAT(hosts, SizeIs(2));
  EXPECT_FALSE(hosts[0].is_local);
  EXPECT_EQ(hosts[1].ssh.port, 2202);
}

TEST(SystemResolver, AnAddressIsItsOwn) {
  EXPECT_THAT(system_resolver()("127.0.0.1"), ElementsAre("127.0.0.1"));
  EXPECT_THAT(system_resolver()("localhost"), Contains(testing::ResultOf(is_loopback, true)));
}

TEST(IsLoopback, IsTheWholeNetworkAndOneIpv6Address) {
  for (const char* yes : {"127.0.0.1", "127.8.9.10", "::1"}) EXPECT_TRUE(is_loopback(yes)) << yes;
  for (const char* no : {"10.0.0.1", "::2", "localhost", ""}) EXPECT_FALSE(is_loopback(no)) << no;
}

}  // namespace
}  // namespace arcus::cluster
