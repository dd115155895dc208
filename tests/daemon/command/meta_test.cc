// The meta commands where time or another engine's id matters; their syntax and their answers are
// told in tests/protocol/conversations/meta_*.txt.
#include <string>

#include "daemon/command/base64.h"
#include "tests/daemon/command/command_fixture.h"

namespace arcus::daemon {
namespace {

using MetaTest = CommandTest;

TEST_F(MetaTest, TellsTheSecondsThatAreLeft) {
  EXPECT_EQ(client_.ask("ms a 1 T100", "x\r\n"), "HD\r\n");
  clock_.passed = std::chrono::seconds(30);
  EXPECT_EQ(client_.ask("mg a t"), "HD t70\r\n");
  EXPECT_EQ(client_.ask("mg a t T10 t"), "CLIENT_ERROR duplicate flag\r\n");
  EXPECT_EQ(client_.ask("mg a t T10"), "HD t70\r\n");
  EXPECT_EQ(client_.ask("mg a T20 t"), "HD t20\r\n");
  EXPECT_EQ(client_.ask("mg a T1700000090 t"), "HD t60\r\n");
  EXPECT_EQ(client_.ask("mg a T-1 t"), "HD t-1\r\n");
  EXPECT_EQ(client_.ask("ma n N50 t"), "HD t50\r\n");
  EXPECT_EQ(client_.ask("ma n T5 t"), "HD t5\r\n");
  clock_.passed = std::chrono::seconds(33);
  EXPECT_TRUE(client_.ask("me n").starts_with("ME n exp=-2 la=3 cas="));
  EXPECT_EQ(client_.ask("mg n l"), "HD l3\r\n");
}

TEST_F(MetaTest, OneClientWinsWhenLittleIsLeft) {
  client_.ask("ms a 1 T100", "x\r\n");
  EXPECT_EQ(client_.ask("mg a R30"), "HD\r\n");
  clock_.passed = std::chrono::seconds(70);
  EXPECT_EQ(client_.ask("mg a R30"), "HD\r\n");
  clock_.passed = std::chrono::seconds(71);
  EXPECT_EQ(client_.ask("mg a R30 t"), "HD t29 W\r\n");
  EXPECT_EQ(client_.ask("mg a R30 t"), "HD t29 Z\r\n");
  EXPECT_EQ(client_.ask("mg a"), "HD Z\r\n");
}

TEST_F(MetaTest, AMarkGoesWithItsItem) {
  client_.ask("ms a 1 T100", "x\r\n");
  client_.ask("md a I T10");
  clock_.passed = std::chrono::seconds(9);
  EXPECT_EQ(client_.ask("mg a t"), "HD t1 X W\r\n");
  clock_.passed = std::chrono::seconds(10);
  EXPECT_EQ(client_.ask("mg a"), "EN\r\n");
  client_.ask("mg a N10");
  clock_.passed = std::chrono::seconds(20);
  EXPECT_EQ(client_.ask("mg a N10"), "HD W\r\n");
}

TEST_F(MetaTest, AStickyItemHasNoEndAndNobodyIsToRenewIt) {
  EXPECT_EQ(client_.ask("ms a 1 T-1", "x\r\n"), "HD\r\n");
  EXPECT_EQ(client_.ask("mg a t R1000"), "HD t-1\r\n");
  EXPECT_EQ(engine_.store().stats().shards.sticky_items, 1u);
  EXPECT_EQ(client_.ask("mg b N-1 t"), "HD t-1 W\r\n");
  EXPECT_EQ(client_.ask("ma c N-1 t"), "HD t-1\r\n");
  EXPECT_EQ(engine_.store().stats().shards.sticky_items, 3u);
  EXPECT_EQ(client_.ask("mg a T0 t"), "HD t-1\r\n");
  EXPECT_EQ(engine_.store().stats().shards.sticky_items, 2u);
}

TEST_F(MetaTest, KeysAreMeasuredAsTheyAreWritten) {
  const std::string longest(kMaxKey, 'A');
  EXPECT_EQ(client_.ask("mg " + longest + " k"), "EN k" + longest + "\r\n");
  EXPECT_EQ(client_.ask("mg " + longest + "A k"), "CLIENT_ERROR bad command line format\r\n");
  EXPECT_EQ(client_.ask("ms " + longest + " 1 b k", "x\r\n"), "HD k" + longest + " b\r\n");
  EXPECT_EQ(client_.ask("mg " + longest + " b v"), "VA 1\r\nx\r\n");
  EXPECT_EQ(client_.ask("md " + longest + "A"), "CLIENT_ERROR bad command line format\r\n");
  EXPECT_EQ(client_.ask("ma " + longest + "A"), "CLIENT_ERROR bad command line format\r\n");
  EXPECT_EQ(client_.ask("me " + longest + "A"), "CLIENT_ERROR bad command line format\r\n");
}

TEST(Base64, GoesBothWays) {
  const std::string all = [] {
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
    return bytes;
  }();
  for (std::size_t size = 1; size <= all.size(); ++size) {
    const std::string bytes = all.substr(0, size);
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
  }
  EXPECT_EQ(to_base64("f"), "Zg==");
  EXPECT_EQ(to_base64("fo"), "Zm8=");
  EXPECT_EQ(to_base64("foo"), "Zm9v");
  EXPECT_EQ(to_base64("\xff\xef"), "/+8=");
}

TEST(Base64, TakesNothingElse) {
  for (const char* text : {"", "A", "AA", "AAA", "A===", "====", "AA=A", "A=AA",
                           "Zm9v=", "Zm9v Zm9v", "Zm-_", "Zm8\xc3"}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
}

}  // namespace
}  // namespace arcus::daemon
