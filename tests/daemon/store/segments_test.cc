// Where records go in the log.
#include "daemon/store/segments.h"

#include <gtest/gtest.h>

namespace arcus::daemon {
namespace {

constexpr std::size_t kChunk = 32 << 10;

class SegmentsTest : public testing::Test {
 protected:
  SegmentsTest() { segments_.init(pool_); }

  std::uint32_t open() {
    segments_.open(Queue::kSmall, pool_.take(), 1);
    return segments_.newest(Queue::kSmall);
  }
  // The number of the segment that it went to; 0: there is no room.
  std::uint32_t append(std::size_t size) {
    return segments_.number(segments_.append(Queue::kSmall, size));
  }

  Memory memory_{std::size_t{1} << 20};
  ChunkPool pool_{memory_, kChunk, std::size_t{1} << 20};
  Segments segments_;
};

TEST_F(SegmentsTest, TheEndThatALargeRecordLeavesIsForSmallOnes) {
  const std::uint32_t first = open();
  EXPECT_EQ(append(kChunk - 1000), first);
  EXPECT_EQ(append(2000), 0u);
  const std::uint32_t second = open();
  EXPECT_EQ(append(2000), second);
  EXPECT_EQ(append(600), first);
  EXPECT_EQ(append(600), second);
  EXPECT_EQ(append(400), first);
}

TEST_F(SegmentsTest, TheLargerOfTwoEndsStaysOpen) {
  const std::uint32_t first = open();
  append(kChunk - 1000);
  const std::uint32_t second = open();
  append(kChunk - 500);
  const std::uint32_t third = open();
  EXPECT_EQ(append(800), first);
  append(kChunk - 300);
  open();
  EXPECT_EQ(append(300), third);
  EXPECT_FALSE(segments_[second].taking);
}

TEST_F(SegmentsTest, ASegmentThatIsSealedTakesNothingMoreAndGoesWhenAllInItIsDead) {
  const std::uint32_t first = open();
  append(kChunk - 1000);
  open();
  EXPECT_FALSE(segments_.died(first, kChunk - 1000));
  EXPECT_EQ(segments_.chunks(), 2u);
  segments_.seal(first);
  EXPECT_EQ(segments_.chunks(), 1u);
  EXPECT_NE(append(500), first);
}

TEST_F(SegmentsTest, WhatIsSaidOfTheNextPlaceIsTrue) {
  open();
  append(kChunk - 1000);
  open();
  for (const std::size_t size : {900u, 900u, 100u, 50u}) {
    const Location next = segments_.next(Queue::kSmall, size);
    EXPECT_EQ(segments_.append(Queue::kSmall, size), next);
  }
}

}  // namespace
}  // namespace arcus::daemon
