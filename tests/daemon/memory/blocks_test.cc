#include "daemon/memory/blocks.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <utility>
#include <vector>

namespace arcus::daemon {
namespace {

constexpr std::size_t kChunk = 32 << 10;

class BlocksTest : public ::testing::Test {
 protected:
  BlocksTest() { blocks_.init(memory_, pool_); }

  std::vector<char*> fill(std::size_t size, std::size_t times) {
    std::vector<char*> made;
    for (std::size_t i = 0; i < times; ++i) {
      made.push_back(blocks_.allocate(size));
      std::memset(made.back(), static_cast<int>(i), Blocks::rounded(size));
    }
    return made;
  }
  void release(const std::vector<char*>& made, std::size_t size) {
    for (char* block : made) blocks_.release(block, size);
  }

  Memory memory_{std::size_t{4} << 20};
  ChunkPool pool_{memory_, kChunk, std::size_t{8} << 20};
  Blocks blocks_;
};

TEST_F(BlocksTest, RoundsByLittle) {
  std::size_t before = 0;
  for (std::size_t size = 1; size <= Blocks::kMostSmall; ++size) {
    const std::size_t rounded = Blocks::rounded(size);
    ASSERT_GE(rounded, size);
    ASSERT_GE(rounded, before);
    ASSERT_EQ(Blocks::rounded(rounded), rounded);
    ASSERT_LT(rounded, size + std::max<std::size_t>(16, size <= 1024 ? size / 7 : size / 2))
        << size;
    before = rounded;
  }
  for (std::size_t size = Blocks::kMostSmall + 1; size < 100'000; size += 13) {
    ASSERT_GE(Blocks::rounded(size), size);
    ASSERT_LE(Blocks::rounded(size), size + 16);
  }
}

TEST_F(BlocksTest, KeepsBlocksApart) {
  std::mt19937_64 random(7);
  struct Block {
    char* at;
    std::size_t size;
    int filled;
  };
  std::vector<Block> live;
  for (int round = 0; round < 20'000; ++round) {
    if (live.size() < 500 && random() % 3 != 0) {
      const std::size_t size = 1 + random() % (random() % 8 == 0 ? 6000 : 600);
      char* at = blocks_.allocate(size);
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(at) % 8, 0U);
      std::memset(at, round, Blocks::rounded(size));
      live.push_back({at, size, round});
    } else if (!live.empty()) {
      std::swap(live[random() % live.size()], live.back());
      const Block block = live.back();
      live.pop_back();
      for (std::size_t i = 0; i < Blocks::rounded(block.size); ++i) {
        ASSERT_EQ(block.at[i], static_cast<char>(block.filled));
      }
      blocks_.release(block.at, block.size);
    }
    ASSERT_EQ(memory_.used(), blocks_.held());
  }
  for (const Block& block : live) blocks_.release(block.at, block.size);
  EXPECT_EQ(blocks_.used(), 0U);
  EXPECT_EQ(memory_.used(), 0U);
}

TEST_F(BlocksTest, GivesTheSameBlockAgain) {
  char* first = blocks_.allocate(100);
  char* second = blocks_.allocate(100);
  blocks_.release(first, 100);
  EXPECT_EQ(blocks_.allocate(100), first);
  blocks_.release(first, 100);
  blocks_.release(second, 100);
}

TEST_F(BlocksTest, WastesLittleOfItsChunks) {
  for (const std::size_t size : {16, 48, 208, 400, 816, 1024, 1360}) {
    const auto made = fill(size, 2'000'000 / size);
    EXPECT_LT(static_cast<double>(blocks_.held()),
              static_cast<double>(made.size() * Blocks::rounded(size)) * 1.07)
        << size;
    release(made, size);
  }
}

TEST_F(BlocksTest, PagesOfOneSizeServeAnother) {
  char* keeper = blocks_.allocate(16);
  const auto small = fill(64, 3 * kChunk / 64);
  const std::size_t held = blocks_.held();
  release(small, 64);
  const auto large = fill(1024, 2 * kChunk / 1024);
  EXPECT_LE(blocks_.held(), held);
  release(large, 1024);
  blocks_.release(keeper, 16);
}

TEST_F(BlocksTest, GivesEmptyChunksBack) {
  const auto made = fill(500, 1000);
  const std::size_t held = blocks_.held();
  EXPECT_EQ(held, pool_.chunks_used() * kChunk);
  EXPECT_EQ(memory_.used(), held);
  release(made, 500);
  EXPECT_EQ(blocks_.held(), 0U);
  EXPECT_EQ(pool_.chunks_used(), 0U);
  EXPECT_EQ(memory_.used(), 0U);
  EXPECT_EQ(blocks_.given_back(), held);
}

TEST_F(BlocksTest, CountsWhatIsOnTheHeap) {
  char* block = blocks_.allocate(20'000);
  EXPECT_GE(blocks_.held(), Blocks::rounded(20'000));
  EXPECT_EQ(memory_.used(), blocks_.held());
  EXPECT_EQ(memory_.large(), blocks_.held());
  EXPECT_EQ(blocks_.used(), Blocks::rounded(20'000));
  const std::size_t held = blocks_.held();
  blocks_.release(block, 20'000);
  EXPECT_EQ(memory_.used(), 0U);
  EXPECT_EQ(memory_.large(), 0U);
  EXPECT_EQ(blocks_.given_back(), held);
}

TEST_F(BlocksTest, PreparesWithinTheBudgetOnly) {
  EXPECT_TRUE(blocks_.prepare(100));
  EXPECT_EQ(blocks_.held(), kChunk);
  memory_.set_limit(memory_.used());
  EXPECT_TRUE(blocks_.prepare(100));  // there are pages
  EXPECT_FALSE(blocks_.prepare(50'000));
  const auto all = fill(1024, 3 * 8 - 1);  // three pages of the four, of which the first is smaller
  EXPECT_EQ(blocks_.held(), kChunk);
  EXPECT_FALSE(blocks_.prepare(100));

  const auto beyond = fill(1024, 9);
  EXPECT_GT(memory_.used(), memory_.limit());
  EXPECT_EQ(blocks_.held(), 2 * kChunk);
  release(beyond, 1024);
  release(all, 1024);
  EXPECT_EQ(memory_.used(), 0U);
}

}  // namespace
}  // namespace arcus::daemon
