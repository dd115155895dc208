// getattr and setattr: time passing, and room for what is made sticky.
#include <string>

#include "daemon/command/attributes.h"
#include "tests/daemon/command/command_fixture.h"

namespace arcus::daemon {
namespace {

using AttributesTest = CommandTest;

TEST(Attributes, OfAKeyValueItemCanAllBeShown) {
  for (const Attribute& one : attributes()) {
    EXPECT_TRUE((one.types & kKeyValue) == 0 || one.show != nullptr) << one.name;
    EXPECT_EQ(find_attribute(one.name), &one);
  }
  EXPECT_EQ(find_attribute("nothing"), nullptr);
}

TEST_F(AttributesTest, TellTheSecondsThatAreLeft) {
  client_.set("a", "v", "100");
  clock_.passed = std::chrono::seconds(30);
  EXPECT_EQ(client_.ask("getattr a expiretime"), "ATTR expiretime=70\r\nEND\r\n");
  EXPECT_EQ(client_.ask("setattr a expiretime=10"), "OK\r\n");
  clock_.passed = std::chrono::seconds(39);
  EXPECT_EQ(client_.ask("getattr a expiretime"), "ATTR expiretime=1\r\nEND\r\n");
  clock_.passed = std::chrono::seconds(40);
  EXPECT_EQ(client_.ask("getattr a expiretime"), "NOT_FOUND\r\n");
}

TEST_F(AttributesTest, StayAsTheyWereWhereNoMoreStickyItemsFit) {
  const std::string value(700'000, 'v');
  client_.set("a", value, "-1");
  client_.set("b", value, "100");
  EXPECT_EQ(client_.ask("setattr b expiretime=-1"), "SERVER_ERROR out of memory\r\n");
  EXPECT_EQ(client_.ask("getattr b expiretime"), "ATTR expiretime=100\r\nEND\r\n");
}

}  // namespace
}  // namespace arcus::daemon
