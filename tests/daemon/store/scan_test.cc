// Scanning by hash: nothing that is there all the while is missed.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/daemon/store/store_fixture.h"

namespace arcus::daemon {
namespace {

using Seen = std::map<std::string, int>;

class ScanTest : public StoreTest {
 protected:
  static StoreOptions several_shards() {
    StoreOptions options = small();
    options.memory_limit = 64 * kMegabyte;
    options.shards = 4;
    return options;
  }
  // All keys that a scan shows; `between` is called after each step.
  template <typename Between>
  Seen scan(const Between& between) {
    Seen seen;
    std::uint64_t cursor = 0;
    do {
      cursor = store_.scan(cursor, now_, [&](const ItemView& item, std::uint64_t) {
        ++seen[std::string(item.key)];
      });
      between();
    } while (cursor != 0);
    return seen;
  }
  void put_many(const std::string& name, int first, int end) {
    for (int i = first; i < end; ++i) set(store_, name + std::to_string(i), "v");
  }

  Store store_{several_shards()};
  Seconds now_ = kNow;
};

TEST_F(ScanTest, ShowsEveryItemOnce) {
  put_many("k", 0, 20'000);
  const Seen seen = scan([] {});
  EXPECT_EQ(seen.size(), 20'000u);
  for (const auto& [key, times] : seen) EXPECT_EQ(times, 1) << key;
}

TEST_F(ScanTest, ShowsNothingOfAnEmptyStoreOrWhatIsOver) {
  EXPECT_TRUE(scan([] {}).empty());
  set(store_, "a", "v", now_ + 10);
  now_ += 10;
  EXPECT_TRUE(scan([] {}).empty());
}

TEST_F(ScanTest, MissesNothingWhileOthersCome) {
  put_many("k", 0, 2'000);
  int fresh = 0;
  const Seen seen = scan([&] {
    if (fresh < 40'000) put_many("other", fresh, fresh + 100);
    fresh += 100;
  });
  EXPECT_GT(fresh, 30'000);
  for (int i = 0; i < 2'000; ++i) EXPECT_TRUE(seen.contains("k" + std::to_string(i))) << i;
}

TEST_F(ScanTest, MissesNothingWhileOthersGo) {
  put_many("k", 0, 2'000);
  put_many("other", 0, 40'000);
  int gone = 0;
  const Seen seen = scan([&] {
    for (int i = 0; i < 50 && gone < 40'000; ++i) remove(store_, "other" + std::to_string(gone++));
  });
  EXPECT_EQ(gone, 40'000);
  for (int i = 0; i < 2'000; ++i) EXPECT_TRUE(seen.contains("k" + std::to_string(i))) << i;
}

TEST_F(ScanTest, SiftingRemovesWhatIsUnwanted) {
  put_many("k", 0, 5'000);
  put_many("other", 0, 20'000);
  std::uint64_t cursor = 0;
  do {
    cursor = store_.sift(cursor, now_,
                         [](const ItemView& item) { return item.key.starts_with("other"); });
  } while (cursor != 0);
  EXPECT_EQ(store_.stats().shards.items, 5'000u);
  const Seen seen = scan([] {});
  EXPECT_EQ(seen.size(), 5'000u);
  EXPECT_TRUE(seen.begin()->first.starts_with("k"));
}

}  // namespace
}  // namespace arcus::daemon
