#include "tests/bench/misses/policy.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/bench/misses/dense_trace.h"
#include "tests/bench/misses/simulate.h"
#include "tests/bench/misses/workload.h"

namespace arcus::bench::misses {
namespace {

// 'h' or 'm' for each request; an item costs 1.
std::string outcomes(Policy& policy, const std::string& keys) {
  std::string all;
  for (const char key : keys) all += policy.access(static_cast<std::uint32_t>(key), 1) ? 'h' : 'm';
  return all;
}

TEST(Fifo, EvictsWhatCameFirst) {
  const auto policy = make_fifo({3, 256});
  EXPECT_EQ(outcomes(*policy, "abcadabd"), "mmmhmmmh");
}

TEST(Lru, EvictsWhatWasUsedLeastLately) {
  const auto policy = make_lru({3, 256});
  EXPECT_EQ(outcomes(*policy, "abcadabd"), "mmmhmhmh");
}

TEST(Lru, CountsBytes) {
  const auto policy = make_lru({100, 10});
  EXPECT_FALSE(policy->access(0, 60));
  EXPECT_FALSE(policy->access(1, 40));
  EXPECT_TRUE(policy->access(0, 60));
  EXPECT_FALSE(policy->access(2, 30));  // in the place of 1
  EXPECT_TRUE(policy->access(0, 60));
  EXPECT_FALSE(policy->access(1, 40));  // in the place of 2, which was used before 0
  EXPECT_TRUE(policy->access(0, 60));
  EXPECT_FALSE(policy->access(3, 101));  // never fits, evicts nothing
  EXPECT_TRUE(policy->access(1, 40));
}

TEST(S3Fifo, GivesWhatItRemembersAPlaceInTheMainQueue) {
  const auto policy = make_s3fifo({10, 256}, {});
  outcomes(*policy, "0123456789a");        // 0 is evicted and remembered
  EXPECT_EQ(outcomes(*policy, "0"), "m");  // into the main queue
  outcomes(*policy, "bcdefghijklmnopqrstuvwxyz");
  EXPECT_EQ(outcomes(*policy, "0"), "h");
}

TEST(S3Fifo, ForgetsWhatWasEvictedLongAgo) {
  for (const auto& [between, outcome] :
       std::vector<std::pair<std::string, std::string>>{{"bcdefgh", "h"}, {"bcdefghijklm", "m"}}) {
    const auto policy = make_s3fifo({10, 256}, {});
    outcomes(*policy, "0123456789a" + between + "0");  // evicted 0, and as many others
    outcomes(*policy, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    EXPECT_EQ(outcomes(*policy, "0"), outcome) << between;
  }
}

TEST(S3Fifo, KeepsWhatWasHitOftenEnough) {
  for (const int needed : {1, 2}) {
    const auto policy = make_s3fifo({10, 256}, {.hits_to_stay = needed});
    outcomes(*policy, "0123456789");
    outcomes(*policy, "011");
    outcomes(*policy, "abcdefghijkl");
    EXPECT_EQ(outcomes(*policy, "0"), needed == 1 ? "h" : "m");
    EXPECT_EQ(outcomes(*policy, "1"), "h");
  }
}

TEST(S3Fifo, FillsTheMainQueueFirstWhenTold) {
  const auto policy = make_s3fifo({10, 256}, {.fill_main = true});
  outcomes(*policy, "0123456789abcdefgh");  // 0 in the small queue, the others not
  EXPECT_EQ(outcomes(*policy, "12345678"), "hhhhhhhh");
}

TEST(SegmentedS3Fifo, FreesSegmentsAndKeepsWhatWasHit) {
  // Five segments of four, one of them in reserve, and two in the small queue at the most.
  const auto policy = make_segmented_s3fifo({20, 256}, {.small_share = 0.4}, 4);
  EXPECT_EQ(outcomes(*policy, "abcdefghijklmnop"), "mmmmmmmmmmmmmmmm");
  EXPECT_EQ(outcomes(*policy, "aabb"), "hhhh");
  // Of abcd's segment a and b move into one of the main queue's; so efgh's goes, too.
  EXPECT_EQ(outcomes(*policy, "q"), "m");
  EXPECT_EQ(outcomes(*policy, "abijklmnop"), "hhhhhhhhhh");
  EXPECT_EQ(outcomes(*policy, "e"), "m");
}

TEST(SegmentedS3Fifo, LosesTheEndOfASegmentThatNothingFits) {
  const auto policy = make_segmented_s3fifo({1000, 256}, {.small_share = 0.2}, 100);
  for (std::uint32_t key = 0; key < 9; ++key) EXPECT_FALSE(policy->access(key, 60));
  for (std::uint32_t key = 0; key < 9; ++key) EXPECT_TRUE(policy->access(key, 60));
  EXPECT_FALSE(policy->access(9, 60));
  int kept = 0;
  for (std::uint32_t key = 0; key < 10; ++key) kept += policy->access(key, 60);
  EXPECT_LT(kept, 10);
}

TEST(Simulation, FindsWhatIsKnownOfThePolicies) {
  const auto trace = [](const char* name) {
    return read_all(**make_workload(name, {.megabytes = 1, .length = 0.02}));
  };
  const auto ratio = [](std::size_t contender, const DenseTrace& requests) {
    return miss_ratio(contenders()[contender], requests, {1000, true, 0, 0.5});
  };
  constexpr std::size_t kLru = 0, kFifo = 1, kS3Fifo = 2;
  const DenseTrace zipf = trace("zipf/1k");
  EXPECT_LT(ratio(kLru, zipf), ratio(kFifo, zipf));
  EXPECT_LT(ratio(kS3Fifo, zipf), ratio(kLru, zipf));
  const DenseTrace uniform = trace("uniform/1k");  // a hit is as likely as the share of keys kept
  const double expected = 1 - 1000.0 / static_cast<double>(uniform.bytes.size());
  EXPECT_NEAR(ratio(kLru, uniform), expected, 0.02);
  EXPECT_NEAR(ratio(kS3Fifo, uniform), expected, 0.02);
}

}  // namespace
}  // namespace arcus::bench::misses
