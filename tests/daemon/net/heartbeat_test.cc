// The heartbeat's arithmetic, and whom it speaks to.
#include "daemon/net/heartbeat.h"

#include <gtest/gtest.h>

namespace arcus::daemon {
namespace {

TEST(Pulse, AddsUpWhatIsMissedInARow) {
  Pulse pulse;
  EXPECT_FALSE(pulse.beat(5, 10, 30));
  EXPECT_FALSE(pulse.missed());
  EXPECT_FALSE(pulse.beat(10, 10, 30));
  EXPECT_TRUE(pulse.missed());
  EXPECT_FALSE(pulse.beat(20, 10, 30));
  EXPECT_TRUE(pulse.beat(10, 10, 30));
}

TEST(Pulse, ForgetsWithOneThatIsInTime) {
  Pulse pulse;
  EXPECT_FALSE(pulse.beat(30, 10, 30));
  EXPECT_FALSE(pulse.beat(9, 10, 30));
  EXPECT_FALSE(pulse.beat(30, 10, 30));
}

TEST(Pulse, NeverStopsWhereNothingIsToStopIt) {
  Pulse pulse;
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(pulse.beat(1000, 10, 0));
}

TEST(Heartbeat, SpeaksToAnAddressThatTheEngineListensOn) {
  Config config;
  EXPECT_EQ(heartbeat_host(config), "127.0.0.1");
  config.listen = {"10.0.0.1:11212", "127.0.0.1"};
  EXPECT_EQ(heartbeat_host(config), "127.0.0.1");
  config.listen = {"10.0.0.1:11212"};
  EXPECT_EQ(heartbeat_host(config), "10.0.0.1");
  config.listen = {"10.0.0.1"};
  EXPECT_EQ(heartbeat_host(config), "10.0.0.1");
  config.listen = {"[fe80::1]:11212"};
  EXPECT_EQ(heartbeat_host(config), "fe80::1");
  config.listen = {"::1"};
  EXPECT_EQ(heartbeat_host(config), "::1");
}

}  // namespace
}  // namespace arcus::daemon
