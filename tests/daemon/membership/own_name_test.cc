#include "daemon/membership/own_name.h"

#include <gtest/gtest.h>

namespace arcus::daemon {
namespace {

TEST(OwnName, IsTheAddressThatReachesTheEnsemble) {
  const auto name = own_name("127.0.0.1:2181", 11211, "", "cache-1");
  ASSERT_TRUE(name.ok()) << name.error().message;
  EXPECT_EQ(name->znode(), "127.0.0.1:11211-cache-1");
}

TEST(OwnName, TriesTheNextServerWhenOneHasNoRoute) {
  const auto name = own_name("no-such-host.invalid:2181, 127.0.0.1:2181", 11211, "", "h");
  ASSERT_TRUE(name.ok()) << name.error().message;
  EXPECT_EQ(name->ip, "127.0.0.1");
}

TEST(OwnName, FindsAHostNameByItself) {
  const auto name = own_name("127.0.0.1:2181", 11211, "", "");
  ASSERT_TRUE(name.ok());
  EXPECT_FALSE(name->hostname.empty());
}

TEST(OwnName, IsWhatTheOverridesSay) {
  const auto name = own_name("no-such-host.invalid:2181", 11211, "10.1.2.3", "cache-1");
  ASSERT_TRUE(name.ok()) << name.error().message;
  EXPECT_EQ(name->znode(), "10.1.2.3:11211-cache-1");
}

TEST(OwnName, RefusesWhatNoZnodeCanBeNamed) {
  EXPECT_EQ(own_name("a:1", 1, "ten", "h").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(own_name("a:1", 1, "10.0.0.1", "a/b").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(own_name("a:1", 1, "10.0.0.1", std::string(129, 'h')).error().code,
            ErrorCode::kInvalid);
}

TEST(OwnName, SaysHowToSetTheAddressWhenThereIsNoRoute) {
  const auto name = own_name("no-such-host.invalid:2181", 11211, "", "h");
  ASSERT_FALSE(name.ok());
  EXPECT_EQ(name.error().code, ErrorCode::kUnreachable);
  EXPECT_NE(name.error().message.find("ARCUS_CACHE_PUBLIC_IP"), std::string::npos);
}

}  // namespace
}  // namespace arcus::daemon
