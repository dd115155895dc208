#include "tests/bench/load/distribution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <vector>

namespace arcus::bench {
namespace {

constexpr std::uint32_t kKeys = 1000;
constexpr int kDraws = 2'000'000;

std::vector<int> draw(const Distribution& distribution) {
  Random random(7);
  std::vector<int> counts(kKeys);
  for (int i = 0; i < kDraws; ++i) ++counts.at(distribution.next(random));
  return counts;
}

TEST(Distribution, UniformGivesEveryKeyItsShare) {
  for (const int count : draw(Distribution::uniform(kKeys))) {
    EXPECT_NEAR(count, kDraws / kKeys, 300);  // more than six times the standard deviation
  }
}

TEST(Distribution, ZipfGivesEachRankItsShare) {
  auto counts = draw(Distribution::zipf(kKeys, 0.99));
  std::sort(counts.begin(), counts.end(), std::greater<>());
  double sum = 0;
  for (std::uint32_t rank = 1; rank <= kKeys; ++rank) sum += std::pow(rank, -0.99);
  for (const std::uint32_t rank : {1, 2, 3, 10, 100}) {
    const double expected = kDraws * std::pow(rank, -0.99) / sum;
    EXPECT_NEAR(counts[rank - 1], expected, 0.05 * expected) << "rank " << rank;
  }
  EXPECT_GT(counts.back(), 0);  // the table forgets nobody
}

TEST(Distribution, ZipfSpreadsPopularKeys) {
  const auto counts = draw(Distribution::zipf(kKeys, 0.99));
  std::vector<int> keys(kKeys);
  for (std::uint32_t key = 0; key < kKeys; ++key) keys[key] = static_cast<int>(key);
  std::sort(keys.begin(), keys.end(), [&](int a, int b) { return counts[a] > counts[b]; });
  int neighbours = 0;
  for (int i = 1; i < 20; ++i) neighbours += std::abs(keys[i] - keys[i - 1]) < 10 ? 1 : 0;
  EXPECT_LT(neighbours, 3);
}

TEST(Distribution, IsTheSameForTheSameSeed) {
  EXPECT_EQ(draw(Distribution::zipf(kKeys, 0.99)), draw(Distribution::zipf(kKeys, 0.99)));
}

TEST(Distribution, OfOneKeyIsThatKey) {
  Random random(1);
  EXPECT_EQ(Distribution::zipf(1, 0.99).next(random), 0u);
  EXPECT_EQ(Distribution::uniform(1).next(random), 0u);
}

}  // namespace
}  // namespace arcus::bench
