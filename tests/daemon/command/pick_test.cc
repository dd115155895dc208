#include "daemon/command/pick.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace arcus::daemon {
namespace {

using ::testing::ElementsAre;

TEST(Pick, TakesAllWhereThereAreNoMore) {
  EXPECT_THAT(pick(3, 3, 1), ElementsAre(0, 1, 2));
  EXPECT_THAT(pick(3, 9, 1), ElementsAre(0, 1, 2));
  EXPECT_TRUE(pick(0, 3, 1).empty());
}

TEST(Pick, TakesDifferentOnesInAscendingOrder) {
  for (std::uint64_t seed = 1; seed < 100; ++seed) {
    const auto chosen = pick(1000, 50, seed << 32);
    EXPECT_EQ(chosen.size(), 50u);
    EXPECT_TRUE(std::is_sorted(chosen.begin(), chosen.end()));
    EXPECT_EQ(std::set<std::uint32_t>(chosen.begin(), chosen.end()).size(), 50u);
    EXPECT_LT(chosen.back(), 1000u);
  }
}

TEST(Pick, TakesEachAboutAsOften) {
  std::vector<int> taken(10);
  for (std::uint64_t seed = 1; seed <= 10'000; ++seed) {
    for (const std::uint32_t one : pick(10, 3, seed << 32 ^ 0x1234567)) ++taken[one];
  }
  for (const int times : taken) EXPECT_NEAR(times, 3000, 250);
}

}  // namespace
}  // namespace arcus::daemon
