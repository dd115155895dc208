#include "tests/bench/misses/sizes.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <string>

#include "tests/bench/misses/trace.h"

namespace arcus::bench::misses {
namespace {

TEST(Sizes, KnowHowManyItemsMemcachedKeeps) {
  EXPECT_EQ(memcached_keeps(*find_sizes("small"), 64), 699'008u);  // as counted in memcached 1.6.18
  EXPECT_EQ(memcached_keeps(*find_sizes("medium"), 64), 349'504u);
}

TEST(Sizes, OfAKeyStayTheSame) {
  for (const Sizes& sizes : all_sizes()) {
    for (std::uint64_t key = 0; key < 5000; ++key) {
      const auto size = sizes.value_of(key);
      ASSERT_GE(size, sizes.value_least) << sizes.name;
      ASSERT_LE(size, sizes.value_greatest) << sizes.name;
      ASSERT_EQ(size, sizes.value_of(key)) << sizes.name;
    }
  }
}

TEST(Sizes, ThatAreMixedHaveEveryOrderOfMagnitudeAsOften) {
  const Sizes& mixed = *find_sizes("mixed");
  int below_64 = 0, above_1000 = 0;
  for (std::uint64_t key = 0; key < 40'000; ++key) {
    below_64 += mixed.value_of(key) < 64;
    above_1000 += mixed.value_of(key) >= 1000;
  }
  EXPECT_NEAR(below_64, 10'040, 500);  // ln 4 / ln 250
  EXPECT_NEAR(above_1000, 10'040, 500);
}

TEST(Keys, DifferAndHaveTheirSize) {
  std::set<std::string> seen;
  for (const std::uint32_t size : {kLeastKeySize, 16u, kGreatestKeySize}) {
    for (std::uint64_t key = 0; key < 2000; ++key) {
      std::string text(kGreatestKeySize + 1, '\0');
      write_key({key << 40, size, 0}, text.data());
      text.resize(std::strlen(text.c_str()));
      EXPECT_EQ(text.size(), size);
      EXPECT_EQ(text.find_first_of(" \r\n"), text.npos);
      seen.insert(text);
    }
  }
  EXPECT_EQ(seen.size(), 6000u);
}

}  // namespace
}  // namespace arcus::bench::misses
