#include "core/arcus/names.h"

#include <gtest/gtest.h>

namespace arcus {
namespace {

TEST(NodeName, KeepsDashesOfTheHostName) {
  const auto name = parse_node_name("10.0.0.1:11211-memcached-1");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->ip, "10.0.0.1");
  EXPECT_EQ(name->port, 11211);
  EXPECT_EQ(name->hostname, "memcached-1");
  EXPECT_EQ(name->znode(), "10.0.0.1:11211-memcached-1");
}

TEST(NodeName, RefusesWhatHasNoAddress) {
  EXPECT_FALSE(parse_node_name("memcached-1"));
  EXPECT_FALSE(parse_node_name("10.0.0.1:0-x"));
  EXPECT_FALSE(parse_node_name("10.0.0.1:65536-x"));
}

TEST(Znode, PathsAreTheOnesClientsKnow) {
  EXPECT_EQ(znode::cache_list("svc", "1.2.3.4:5-h"), "/arcus/cache_list/svc/1.2.3.4:5-h");
  EXPECT_EQ(znode::mapping("1.2.3.4:5", "svc"), "/arcus/cache_server_mapping/1.2.3.4:5/svc");
  EXPECT_EQ(znode::server_log("2026-01-02"), "/arcus/cache_server_log/2026-01-02");
}

}  // namespace
}  // namespace arcus
