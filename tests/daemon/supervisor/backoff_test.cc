#include "daemon/supervisor/backoff.h"

#include <gtest/gtest.h>

#include <cmath>

namespace arcus::daemon {
namespace {

using namespace std::chrono_literals;

constexpr double kWhole = 0.999999999;  // a random number that leaves the step whole
const Clock::Steady kThen{};

std::vector<long> delays(Backoff& backoff, Backoff::Death death, int count) {
  std::vector<long> found;
  // Far apart, so that nothing is given up.
  for (int i = 0; i < count; ++i) {
    found.push_back(
        std::lround(backoff.died(death, kThen + i * 100s, kWhole).delay.count() / 100.0));
  }
  return found;
}

TEST(Backoff, DoublesFromATenthOfASecondToThirtySeconds) {
  Backoff backoff;
  EXPECT_EQ(delays(backoff, {1, false}, 11),
            (std::vector<long>{1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}));
}

TEST(Backoff, JitterTakesUpToHalf) {
  Backoff backoff;
  EXPECT_EQ(backoff.died({1, false}, kThen, 0).delay, 50ms);
  EXPECT_EQ(backoff.died({1, false}, kThen + 100s, 0.5).delay, 150ms);
}

TEST(Backoff, GivesUpAtTheEighthEarlyDeathWithinAMinute) {
  Backoff backoff;
  for (int i = 0; i < 7; ++i) EXPECT_FALSE(backoff.died({1, false}, kThen + i * 8s, 0).give_up);
  EXPECT_TRUE(backoff.died({1, false}, kThen + 60s, 0).give_up);
}

TEST(Backoff, DeathsLongerAgoThanAMinuteDontCount) {
  Backoff backoff;
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(backoff.died({1, false}, kThen + i * 9s, 0).give_up);
}

TEST(Backoff, AnEngineThatServesIsNeverGivenUp) {
  Backoff backoff;
  for (int i = 0; i < 20; ++i) {
    backoff.became_ready();
    EXPECT_FALSE(backoff.died({1, true}, kThen + i * 1s, 0).give_up);
  }
  EXPECT_EQ(backoff.failures(), 20u);
}

TEST(Backoff, ServingOnceForgivesTheDeathsBefore) {
  Backoff backoff;
  for (int i = 0; i < 7; ++i) (void)backoff.died({1, false}, kThen, 0);
  backoff.became_ready();
  EXPECT_FALSE(backoff.died({1, false}, kThen, 0).give_up);
}

TEST(Backoff, WantOfAnEnsembleIsRetriedForEverAtFiveSeconds) {
  for (const int status : {75, 76}) {
    Backoff backoff;
    for (int i = 0; i < 50; ++i) {
      const auto verdict = backoff.died({status, false}, kThen + i * 1s, kWhole);
      EXPECT_FALSE(verdict.give_up);
      EXPECT_LE(verdict.delay, 5s);
    }
  }
}

TEST(Backoff, ASignalCountsAsADeath) {
  Backoff backoff;
  Backoff::Verdict verdict;
  for (int i = 0; i < 8; ++i) verdict = backoff.died({std::nullopt, false}, kThen, 0);
  EXPECT_TRUE(verdict.give_up);
}

TEST(Backoff, ResetBeginsAnew) {
  Backoff backoff;
  for (int i = 0; i < 7; ++i) (void)backoff.died({1, false}, kThen, 0);
  backoff.reset();
  EXPECT_EQ(backoff.failures(), 0u);
  const auto verdict = backoff.died({1, false}, kThen, kWhole);
  EXPECT_FALSE(verdict.give_up);
  EXPECT_LE(verdict.delay, 100ms);
}

}  // namespace
}  // namespace arcus::daemon
