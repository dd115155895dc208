#include "core/cluster/zklist.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace arcus::cluster {
namespace {

using testing::HasSubstr;

std::string complaint(const std::string& text) {
  const auto servers = parse_zklist(text);
  return servers ? "nothing was wrong" : servers.error().message;
}

TEST(ParseZklist, NumbersServersInTheirOrder) {
  const auto servers = parse_zklist("zk-b:2182, zk-a ,10.0.0.3:2181\n");
  ASSERT_TRUE(servers) << servers.error().message;
  EXPECT_EQ(*servers,
            (std::vector<ZkServer>{{"zk-b", 2182, 1}, {"zk-a", 2181, 2}, {"10.0.0.3", 2181, 3}}));
  EXPECT_EQ(format_zklist(*servers), "zk-b:2182,zk-a:2181,10.0.0.3:2181");
}

TEST(ParseZklist, TakesIpv6InBrackets) {
  const auto servers = parse_zklist("[::1]:2182,[fe80::1]");
  ASSERT_TRUE(servers) << servers.error().message;
  EXPECT_EQ(format_zklist(*servers), "[::1]:2182,[fe80::1]:2181");
  EXPECT_THAT(complaint("fe80::1"), HasSubstr("brackets"));
}

TEST(ParseZklist, TakesSeveralServersOnOneHost) {
  const auto servers = parse_zklist("127.0.0.1:2181,127.0.0.1:2182");
  ASSERT_TRUE(servers) << servers.error().message;
  EXPECT_EQ(servers->back().id, 2);
}

TEST(ParseZklist, RefusesAPathBehindTheServers) {
  EXPECT_THAT(complaint("a:2181,b:2181/prefix"), HasSubstr("\"/prefix\""));
}

TEST(ParseZklist, RefusesDuplicatesHoweverWritten) {
  EXPECT_THAT(complaint("a:2181,b,a"), HasSubstr("a:2181 is there twice"));
}

TEST(ParseZklist, TellsEveryComplaint) {
  const auto message = complaint("a:0,,b c:1,ok:2181,d:99999");
  EXPECT_THAT(message, HasSubstr("4 complaints"));
  for (const char* part : {"\"a:0\"", "an empty entry", "\"b c:1\"", "\"d:99999\""}) {
    EXPECT_THAT(message, HasSubstr(part));
  }
  EXPECT_THAT(message, Not(HasSubstr("ok:2181\":")));
}

TEST(ParseZklist, WantsAtLeastOneServer) {
  for (const char* empty : {"", "  ", ","}) {
    EXPECT_THAT(complaint(empty), HasSubstr("zklist")) << empty;
    EXPECT_FALSE(parse_zklist(empty));
  }
}

}  // namespace
}  // namespace arcus::cluster
