// What is remembered of what was evicted.
#include "daemon/store/ghosts.h"

#include <gtest/gtest.h>

#include "daemon/store/hash.h"

namespace arcus::daemon {
namespace {

std::uint64_t hash_of(std::uint64_t number) {
  return hash_key({reinterpret_cast<const char*>(&number), sizeof number}, 0);
}

class GhostsTest : public testing::Test {
 protected:
  GhostsTest() {
    ghosts_.init(pool_);
    ghosts_.resize(10'000, std::size_t{1} << 20);
  }

  Memory memory_{std::size_t{1} << 20};
  ChunkPool pool_{memory_, 32 << 10, std::size_t{1} << 20};
  Ghosts ghosts_;
};

TEST_F(GhostsTest, KnowWhereSomethingWasAndForgetItWhenTheyAreAsked) {
  ghosts_.add(hash_of(1), Queue::kSmall);
  ghosts_.add(hash_of(2), Queue::kMain);
  const Ghosts::Past first = ghosts_.take(hash_of(1));
  const Ghosts::Past second = ghosts_.take(hash_of(2));
  EXPECT_TRUE(first.known && second.known);
  EXPECT_EQ(first.from, Queue::kSmall);
  EXPECT_EQ(second.from, Queue::kMain);
  EXPECT_FALSE(ghosts_.take(hash_of(1)).known);
}

TEST_F(GhostsTest, RememberAboutAsManyAsTheyShallAndTellTheLastOnesApart) {
  for (std::uint64_t i = 0; i < 50'000; ++i) ghosts_.add(hash_of(i), Queue::kSmall);
  int known = 0, recent = 0, recent_of_last_thousand = 0;
  for (std::uint64_t i = 50'000; i-- > 0;) {
    const Ghosts::Past past = ghosts_.take(hash_of(i));
    known += past.known;
    recent += past.recent;
    if (i >= 49'000) recent_of_last_thousand += past.recent;
  }
  EXPECT_NEAR(known, 11000, 1000);
  EXPECT_NEAR(recent, 770, 150);
  EXPECT_GT(recent_of_last_thousand, 550);
}

TEST_F(GhostsTest, SeldomKnowWhatTheyNeverSaw) {
  for (std::uint64_t i = 0; i < 20'000; ++i) ghosts_.add(hash_of(i), Queue::kSmall);
  int known = 0;
  for (std::uint64_t i = 20'000; i < 40'000; ++i) known += ghosts_.take(hash_of(i)).known;
  EXPECT_LT(known, 60);
}

}  // namespace
}  // namespace arcus::daemon
