#include "tests/bench/load/histogram.h"

#include <gtest/gtest.h>

namespace arcus::bench {
namespace {

TEST(Histogram, IsExactForSmallNumbers) {
  Histogram histogram;
  for (std::uint64_t value = 1; value <= 200; ++value) histogram.add(value);
  EXPECT_EQ(histogram.quantile(0.5), 100u);
  EXPECT_EQ(histogram.quantile(0.99), 198u);
  EXPECT_EQ(histogram.quantile(1), 200u);
  EXPECT_EQ(histogram.quantile(0), 1u);
  EXPECT_DOUBLE_EQ(histogram.mean(), 100.5);
}

TEST(Histogram, IsRightWithinOnePercentForAnyNumber) {
  for (std::uint64_t value = 1; value < std::uint64_t{1} << 62; value += value / 3 + 1) {
    Histogram histogram;
    histogram.add(value);
    histogram.add(std::uint64_t{1} << 63);  // so that the greatest does not cap the bucket
    const std::uint64_t found = histogram.quantile(0.5);
    EXPECT_GE(found, value);
    EXPECT_LE(static_cast<double>(found), static_cast<double>(value) * 1.01) << value;
  }
}

TEST(Histogram, HasRoomForTheGreatestNumber) {
  Histogram histogram;
  histogram.add(~std::uint64_t{0});
  EXPECT_EQ(histogram.quantile(0.5), ~std::uint64_t{0});
  EXPECT_EQ(histogram.max(), ~std::uint64_t{0});
}

TEST(Histogram, NeverTellsMoreThanTheGreatest) {
  Histogram histogram;
  for (int i = 0; i < 10; ++i) histogram.add(1'000'003);
  EXPECT_EQ(histogram.quantile(0.999), 1'000'003u);
}

TEST(Histogram, AddsUpThoseOfSeveralThreads) {
  Histogram one;
  Histogram other;
  for (int i = 0; i < 99; ++i) one.add(10);
  other.add(5000);
  one.add(other);
  EXPECT_EQ(one.count(), 100u);
  EXPECT_EQ(one.quantile(0.99), 10u);
  EXPECT_EQ(one.quantile(0.999), 5000u);
  EXPECT_EQ(one.max(), 5000u);
}

TEST(Histogram, OfNothingIsZero) {
  EXPECT_EQ(Histogram().quantile(0.5), 0u);
  EXPECT_EQ(Histogram().mean(), 0);
}

}  // namespace
}  // namespace arcus::bench
