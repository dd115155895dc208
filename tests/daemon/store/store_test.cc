#include "daemon/store/store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace arcus::daemon {
namespace {

constexpr Seconds kNow = 1'000'000;
constexpr std::size_t kMegabyte = 1 << 20;

class StoreTest : public testing::Test {
 protected:
  static StoreOptions small() {
    StoreOptions options;
    options.memory_limit = 4 * kMegabyte;
    options.sticky_limit = kMegabyte;
    return options;
  }

  static StoreResult put(Store& store, StoreMode mode, std::string_view key, std::string_view value,
                         Seconds expires = kNever, std::uint64_t cas = 0, Seconds now = kNow) {
    auto [result, item] = store.allocate({key, 7, expires, value.size()}, now);
    if (result != StoreResult::kStored) return result;
    value.copy(item->value_data(), value.size());
    std::string_view("\r\n").copy(item->value_data() + value.size(), 2);
    return store.store(mode, std::move(item), cas, now);
  }
  static StoreResult set(Store& store, std::string_view key, std::string_view value,
                         Seconds expires = kNever) {
    return put(store, StoreMode::kSet, key, value, expires);
  }
  static std::string get(Store& store, std::string_view key, Seconds now = kNow) {
    const ItemRef item = store.find(key, now);
    return item ? std::string(item->value()) : "(none)";
  }
};

TEST_F(StoreTest, KeepsKeysApart) {
  Store store(small());
  for (int i = 0; i < 20000; ++i) set(store, "key" + std::to_string(i), std::to_string(i));
  for (int i = 0; i < 20000; ++i) {
    ASSERT_EQ(get(store, "key" + std::to_string(i)), std::to_string(i));
  }
  EXPECT_EQ(store.stats().shards.items, 20000u);
  for (int i = 0; i < 20000; i += 2) EXPECT_TRUE(store.remove("key" + std::to_string(i), kNow));
  for (int i = 0; i < 20000; ++i) {
    EXPECT_EQ(get(store, "key" + std::to_string(i)), i % 2 ? std::to_string(i) : "(none)");
  }
}

TEST_F(StoreTest, ExpiresAtTheSecondThatWasSaid) {
  Store store(small());
  set(store, "a", "1", kNow + 10);
  EXPECT_EQ(get(store, "a", kNow + 9), "1");
  EXPECT_EQ(get(store, "a", kNow + 10), "(none)");
  set(store, "b", "1", kAlreadyExpired);
  EXPECT_EQ(get(store, "b"), "(none)");
  EXPECT_EQ(store.touch("b", kNever, kNow), StoreResult::kNotFound);
}

TEST_F(StoreTest, TouchMovesTheEnd) {
  Store store(small());
  set(store, "a", "1", kNow + 10);
  EXPECT_EQ(store.touch("a", kNow + 100, kNow), StoreResult::kStored);
  EXPECT_EQ(get(store, "a", kNow + 50), "1");
  EXPECT_EQ(store.find_and_touch("a", kNow + 60, kNow + 50).second->value(), "1");
  EXPECT_EQ(get(store, "a", kNow + 60), "(none)");
}

TEST_F(StoreTest, SweepingTakesBackWhatExpired) {
  Store store(small());
  for (int i = 0; i < 1000; ++i) set(store, std::to_string(i), "value", kNow + 10);
  set(store, "stays", "value");
  const std::size_t full = store.stats().memory_used;
  for (int i = 0; i < 256; ++i) store.sweep(kNow + 9);
  EXPECT_EQ(store.stats().shards.items, 1001u);
  for (int i = 0; i < 256; ++i) store.sweep(kNow + 10);
  EXPECT_EQ(store.stats().shards.items, 1u);
  EXPECT_EQ(store.stats().shards.reclaimed, 1000u);
  EXPECT_LT(store.stats().memory_used, full);
  EXPECT_EQ(get(store, "stays"), "value");
}

TEST_F(StoreTest, EvictionStaysWithinTheBudgetAndSparesWhatIsUsed) {
  Store store(small());
  const std::string value(1000, 'v');
  for (int i = 0; i < 20000; ++i) {
    ASSERT_EQ(set(store, "key" + std::to_string(i), value), StoreResult::kStored);
    ASSERT_LE(store.stats().memory_used, store.stats().memory_limit);
    ASSERT_EQ(get(store, "key0"), value) << "after " << i;
  }
  EXPECT_GT(store.stats().shards.items, 3000u);
  EXPECT_EQ(store.stats().shards.items + store.stats().shards.evictions, 20000u);
}

TEST_F(StoreTest, MemoryOfOneSizeServesAnother) {
  Store store(small());
  for (int i = 0; i < 50000; ++i) set(store, "small" + std::to_string(i), "x");
  const std::string large(500'000, 'v');
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(set(store, "large" + std::to_string(i), large), StoreResult::kStored);
    ASSERT_EQ(get(store, "large" + std::to_string(i)), large);
  }
  for (int i = 0; i < 10000; ++i) {
    ASSERT_EQ(set(store, "again" + std::to_string(i), "x"), StoreResult::kStored);
  }
  EXPECT_EQ(get(store, "again9999"), "x");
}

TEST_F(StoreTest, WithoutEvictionFullIsAnError) {
  StoreOptions options = small();
  options.evict = false;
  Store store(options);
  const std::string value(100'000, 'v');
  int stored = 0;
  while (set(store, std::to_string(stored), value) == StoreResult::kStored) ++stored;
  EXPECT_GT(stored, 30);
  for (int i = 0; i < stored; ++i) EXPECT_EQ(get(store, std::to_string(i)), value);
  EXPECT_TRUE(store.remove("0", kNow));
  EXPECT_EQ(set(store, "new", value), StoreResult::kStored);
  EXPECT_GT(store.stats().out_of_memory, 0u);
}

TEST_F(StoreTest, ALowerLimitTakesEffectWithTheNextItem) {
  Store store(small());
  for (int i = 0; i < 3000; ++i) set(store, std::to_string(i), std::string(1000, 'v'));
  store.set_memory_limit(kMegabyte);
  set(store, "next", "v");
  EXPECT_LE(store.stats().memory_used, kMegabyte);
}

TEST_F(StoreTest, StickyItemsAreNeverEvictedAndHaveALimit) {
  Store store(small());
  const std::string value(1000, 'v');
  int sticky = 0;
  while (set(store, "sticky" + std::to_string(sticky), value, kSticky) == StoreResult::kStored) {
    ++sticky;
  }
  EXPECT_GT(sticky, 900);
  EXPECT_LE(store.stats().shards.sticky_bytes, kMegabyte);
  for (int i = 0; i < 20000; ++i) set(store, "key" + std::to_string(i), value);
  for (int i = 0; i < sticky; ++i) EXPECT_EQ(get(store, "sticky" + std::to_string(i)), value);

  EXPECT_EQ(store.touch("key19999", kSticky, kNow), StoreResult::kNoMemory);
  EXPECT_EQ(store.touch("sticky0", kNever, kNow), StoreResult::kStored);
  EXPECT_EQ(store.touch("key19999", kSticky, kNow), StoreResult::kStored);
  store.drop_everything();
  EXPECT_EQ(store.stats().shards.sticky_bytes, 0u);
  EXPECT_EQ(set(store, "s", value, kSticky), StoreResult::kStored);
}

TEST_F(StoreTest, ModesStoreOnlyWhereTheyShould) {
  Store store(small());
  EXPECT_EQ(put(store, StoreMode::kReplace, "a", "1"), StoreResult::kNotStored);
  EXPECT_EQ(put(store, StoreMode::kAppend, "a", "1"), StoreResult::kNotStored);
  EXPECT_EQ(put(store, StoreMode::kAdd, "a", "1"), StoreResult::kStored);
  EXPECT_EQ(put(store, StoreMode::kAdd, "a", "2"), StoreResult::kNotStored);
  EXPECT_EQ(put(store, StoreMode::kAppend, "a", "2"), StoreResult::kStored);
  EXPECT_EQ(put(store, StoreMode::kPrepend, "a", "0"), StoreResult::kStored);
  EXPECT_EQ(get(store, "a"), "012");
  EXPECT_EQ(put(store, StoreMode::kReplace, "a", "3"), StoreResult::kStored);
  EXPECT_EQ(get(store, "a"), "3");
  EXPECT_EQ(set(store, "a", std::string(kMegabyte - 1, 'x')), StoreResult::kTooLarge);
}

TEST_F(StoreTest, CasStoresOnlyOverWhatWasRead) {
  Store store(small());
  EXPECT_EQ(put(store, StoreMode::kCas, "a", "1", kNever, 1), StoreResult::kNotFound);
  set(store, "a", "1");
  const std::uint64_t cas = store.find("a", kNow)->cas;
  EXPECT_EQ(put(store, StoreMode::kCas, "a", "2", kNever, cas + 1), StoreResult::kExists);
  EXPECT_EQ(put(store, StoreMode::kCas, "a", "2", kNever, cas), StoreResult::kStored);
  EXPECT_EQ(put(store, StoreMode::kCas, "a", "3", kNever, cas), StoreResult::kExists);
  EXPECT_EQ(get(store, "a"), "2");
}

TEST_F(StoreTest, GivesEveryItemItsOwnCasId) {
  Store store(small());
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 3000; ++i) {
    set(store, std::to_string(i % 1000), "v");
    EXPECT_TRUE(seen.insert(store.find(std::to_string(i % 1000), kNow)->cas).second);
  }
}

TEST_F(StoreTest, AReaderKeepsItsValueWhateverHappensToTheKey) {
  Store store(small());
  set(store, "n", "100");
  const ItemRef read = store.find("n", kNow);
  EXPECT_EQ(store.add("n", 1, false, kNow).second, 101u);
  EXPECT_EQ(read->value(), "100");
  store.remove("n", kNow);
  store.drop_everything();
  EXPECT_EQ(read->value(), "100");
}

TEST_F(StoreTest, FlushTakesWhatIsThereAndNothingLater) {
  Store store(small());
  set(store, "a", "1");
  store.flush(0, kNow);
  set(store, "b", "2");
  EXPECT_EQ(get(store, "a"), "(none)");
  EXPECT_EQ(get(store, "b"), "2");
}

TEST_F(StoreTest, ADelayedFlushTakesEffectAtItsTime) {
  Store store(small());
  set(store, "a", "1");
  store.flush(kNow + 10, kNow);
  EXPECT_EQ(get(store, "a", kNow + 9), "1");
  EXPECT_EQ(put(store, StoreMode::kSet, "b", "2", kNever, 0, kNow + 10), StoreResult::kStored);
  EXPECT_EQ(get(store, "a", kNow + 10), "(none)");
  EXPECT_EQ(get(store, "b", kNow + 10), "2");
}

TEST_F(StoreTest, DroppingEverythingFreesAllButTheIndex) {
  Store store(small());
  for (int i = 0; i < 10000; ++i) set(store, std::to_string(i), "value");
  store.drop_everything();
  const StoreStats stats = store.stats();
  EXPECT_EQ(stats.shards.items, 0u);
  EXPECT_EQ(stats.memory_used, stats.shards.index_bytes);
  EXPECT_EQ(get(store, "1"), "(none)");
}

TEST_F(StoreTest, ThreadsLoseNoIncrementAndNoAppend) {
  Store store(small());
  set(store, "n", "0");
  set(store, "text", "");
  constexpr int kThreads = 4, kRounds = 5000;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&store] {
      for (int i = 0; i < kRounds; ++i) {
        store.add("n", 1, false, kNow);
        const ItemRef reader = store.find("n", kNow);  // keeps the others from working in place
        if (i % 10 == 0) put(store, StoreMode::kAppend, "text", "x");
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(get(store, "n"), std::to_string(kThreads * kRounds));
  EXPECT_EQ(get(store, "text"), std::string(kThreads * kRounds / 10, 'x'));
}

TEST_F(StoreTest, ThreadsWithEverythingAtOnceSeeOnlyWholeValuesOfTheirKey) {
  StoreOptions options = small();
  options.shards = 4;
  Store store(options);
  std::atomic<int> wrong = 0;
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      std::uint32_t random = 12345u + static_cast<std::uint32_t>(t);
      for (int i = 0; i < 30000; ++i) {
        random = random * 1664525 + 1013904223;
        const std::string key = "key" + std::to_string((random >> 8) % 2000);
        const std::string value(1 + (random >> 4) % 5000, key.back());
        if (random % 3 == 0) set(store, key, value, random % 7 == 0 ? kNow + 1 : kNever);
        if (random % 11 == 0) store.remove(key, kNow);
        const ItemRef item = store.find(key, kNow);
        if (item && (item->key() != key ||
                     item->value().find_first_not_of(key.back()) != std::string_view::npos)) {
          ++wrong;
        }
      }
    });
  }
  std::thread background([&] {
    for (int i = 0; !stop; ++i) {
      store.sweep(kNow + (i % 2));
      if (i % 100 == 0) store.flush(0, kNow);
      store.stats();
    }
  });
  for (auto& thread : threads) thread.join();
  stop = true;
  background.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(store.stats().memory_used, store.stats().memory_limit);
  store.drop_everything();
  EXPECT_EQ(store.stats().memory_used, store.stats().shards.index_bytes);
}

}  // namespace
}  // namespace arcus::daemon
