// The index by itself: everything is found, whatever came and went, and memory follows the number.
#include "daemon/store/index.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

#include "daemon/store/hash.h"

namespace arcus::daemon {
namespace {

constexpr std::size_t kChunk = 32 << 10;

std::uint64_t hash_of(std::uint64_t number) {
  return hash_key({reinterpret_cast<const char*>(&number), sizeof number}, 0);
}

struct HashOfPlace {
  std::uint64_t operator()(Location place) const { return hash_of(place); }
};

class IndexTest : public testing::Test {
 protected:
  IndexTest() { index_.init(pool_, 0); }

  // Places are numbers; the hash of a place is its item's.
  bool has(Location place) const { return static_cast<bool>(slot(place)); }
  Index::Slot slot(Location place) const {
    return index_.find(hash_of(place), [&](Location found) { return found == place; });
  }
  void insert(Location place) { ASSERT_TRUE(index_.insert(hash_of(place), place, HashOfPlace())); }
  void erase(Location place) { index_.erase(hash_of(place), slot(place)); }

  Memory memory_{std::size_t{64} << 20};
  ChunkPool pool_{memory_, kChunk, std::size_t{64} << 20};
  Index index_;
};

TEST_F(IndexTest, FindsEverythingWhateverCameAndWent) {
  std::mt19937 random(1);
  std::vector<Location> present;
  Location next = 1;
  // Up and down, several times through all its sizes.
  for (const std::size_t target : {20'000u, 100u, 60'000u, 30'000u, 40'000u, 0u}) {
    while (present.size() != target) {
      const bool grow = present.empty() || (random() % 4 != 0) == (present.size() < target);
      if (grow) {
        present.push_back(next);
        insert(next++);
      } else {
        std::swap(present[random() % present.size()], present.back());
        ASSERT_TRUE(has(present.back()));
        erase(present.back());
        ASSERT_FALSE(has(present.back()));
        present.pop_back();
      }
    }
    ASSERT_EQ(index_.items(), target);
    for (const Location place : present) ASSERT_TRUE(has(place)) << place << " of " << target;
  }
}

TEST_F(IndexTest, TellsAnyNumberOfPlacesOfOneHashApart) {
  const auto same = [](Location) { return std::uint64_t{42}; };
  for (Location place = 1; place <= 100; ++place) ASSERT_TRUE(index_.insert(42, place, same));
  std::set<Location> left;
  for (Location place = 1; place <= 100; ++place) left.insert(place);
  while (!left.empty()) {
    const Location goes = *std::next(left.begin(), static_cast<long>(left.size() / 2));
    index_.erase(42, index_.find(42, [&](Location found) { return found == goes; }));
    left.erase(goes);
    for (const Location place : left) {
      ASSERT_TRUE(index_.find(42, [&](Location found) { return found == place; }));
    }
  }
}

TEST_F(IndexTest, TakesSevenBytesAnItemAndALittle) {
  double most = 0;
  for (Location place = 1; place <= 200'000; ++place) {
    insert(place);
    const double bytes = static_cast<double>(index_.bytes()) / place;
    if (place >= 20'000) most = std::max(most, bytes);
  }
  EXPECT_LT(most, 7.6);
}

TEST_F(IndexTest, GivesItsPagesBackAsItEmpties) {
  for (Location place = 1; place <= 50'000; ++place) insert(place);
  const std::size_t many = index_.bytes();
  EXPECT_GT(many, 50'000u * 6);
  for (Location place = 1; place <= 45'000; ++place) erase(place);
  EXPECT_LT(index_.bytes(), many / 5);
  for (Location place = 45'001; place <= 50'000; ++place) ASSERT_TRUE(has(place));
  index_.clear();
  EXPECT_EQ(index_.bytes(), pool_.page_size());
  EXPECT_EQ(pool_.chunks_used(), 1u);
}

TEST_F(IndexTest, SharesChunksWithOtherIndexes) {
  std::vector<Index> others(6);
  for (Index& other : others) other.init(pool_, 0);
  EXPECT_EQ(pool_.chunks_used(), 1u);
}

TEST_F(IndexTest, LooksAheadInABucketOrWhereTheSearchGoesOn) {
  for (Location place = 1; place <= 10'000; ++place) insert(place);
  std::size_t seen = 0;
  for (Location place = 1; place <= 10'000; ++place) {
    index_.prefetch(hash_of(place));
    index_.peek(hash_of(place), [&](Location) { ++seen; });
  }
#if !defined(__SANITIZE_THREAD__)
  EXPECT_GT(seen, 7000u);
#endif
}

}  // namespace
}  // namespace arcus::daemon
