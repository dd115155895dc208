#include "core/arcus/ring.h"

#include <gtest/gtest.h>

#include <map>

namespace arcus {
namespace {

TEST(Ring, PointOfAKeyIsTheFirstWordOfItsMd5) {
  // md5("a") = 0cc175b9c0f1b6a831c399e269772661
  EXPECT_EQ(Ring::point_of("a"), 0xb975c10cu);
}

TEST(Ring, OneNodeHoldsEverything) {
  const Ring ring({"127.0.0.1:11211"});
  for (const char* key : {"a", "b", "prefix:key", ""}) EXPECT_EQ(ring.node_of(key), "127.0.0.1:11211");
}

TEST(Ring, AddingANodeOnlyMovesKeysToIt) {
  const Ring before({"10.0.0.1:11211", "10.0.0.2:11211", "10.0.0.3:11211"});
  const Ring after({"10.0.0.1:11211", "10.0.0.2:11211", "10.0.0.3:11211", "10.0.0.4:11211"});
  int moved = 0;
  for (int i = 0; i < 10000; ++i) {
    const std::string key = "key" + std::to_string(i);
    if (before.node_of(key) == after.node_of(key)) continue;
    EXPECT_EQ(after.node_of(key), "10.0.0.4:11211");
    ++moved;
  }
  EXPECT_GT(moved, 1500);
  EXPECT_LT(moved, 3500);
}

}  // namespace
}  // namespace arcus
