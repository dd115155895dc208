// What stays and what goes when the memory is full.
#include <random>

#include "tests/daemon/store/store_fixture.h"

namespace arcus::daemon {
namespace {

using EvictionTest = StoreTest;

TEST_F(EvictionTest, StaysWithinTheBudgetAndSparesWhatIsUsed) {
  Store store(small());
  const std::string value(1000, 'v');
  const std::size_t slack = 2 * store.stats().chunk_bytes;
  for (int i = 0; i < 20000; ++i) {
    ASSERT_EQ(set(store, "key" + std::to_string(i), value), StoreResult::kStored);
    ASSERT_LE(store.stats().memory_used, store.stats().memory_limit + slack);
    ASSERT_EQ(get(store, "key0"), value) << "after " << i;
  }
  EXPECT_GT(store.stats().shards.items, 3500u);
  EXPECT_EQ(store.stats().shards.items + store.stats().shards.evictions, 20000u);
}

TEST_F(EvictionTest, KeysThatAreAskedForOnceDoNotPushOutThoseThatAreAskedForOften) {
  Store store(small());
  const std::string value(500, 'v');
  int missed = 0;
  for (int i = 0; i < 50'000; ++i) {
    const std::string popular = "popular" + std::to_string(i % 2000);
    if (get(store, popular) == "(none)") {
      if (i >= 10'000) ++missed;
      set(store, popular, value);
    }
    set(store, "once" + std::to_string(i), value);
  }
  EXPECT_LT(missed, 400) << "of 40000";
}

TEST_F(EvictionTest, WhatComesBackSoonAfterItWentGoesToTheMainQueue) {
  Store store(small());
  const std::string value(1000, 'v');
  for (int i = 0; i < 6000; ++i) {
    get(store, "nothing");  // where nobody reads, there is but one queue
    set(store, "key" + std::to_string(i), value);
  }
  std::string gone;
  for (int i = 5000; i < 6000 && gone.empty(); ++i) {
    if (!has(store, "key" + std::to_string(i))) gone = "key" + std::to_string(i);
  }
  ASSERT_NE(gone, "");
  set(store, gone, value);
  EXPECT_EQ(store.stats().shards.ghost_hits, 1u);
}

TEST_F(EvictionTest, ALoadThatNobodyReadsMeanwhileReplacesWhatWasThere) {
  Store store(small());
  const std::string value(1000, 'v');
  for (int i = 0; i < 4000; ++i) {
    set(store, "old" + std::to_string(i), value);
    if (i % 2 == 0) get(store, "old" + std::to_string(i));
  }
  for (int i = 0; i < 12'000; ++i) set(store, "new" + std::to_string(i), value);
  int kept = 0;
  for (int i = 9000; i < 12'000; ++i) kept += has(store, "new" + std::to_string(i));
  EXPECT_GT(kept, 2800);
}

TEST_F(EvictionTest, ALoadBesideReadsLeavesWhatIsReadAlone) {
  Store store(small());
  const std::string value(1000, 'v');
  for (int i = 0; i < 3000; ++i) set(store, "old" + std::to_string(i), value);
  for (int i = 0; i < 12'000; ++i) {
    set(store, "new" + std::to_string(i), value);
    get(store, "old" + std::to_string(i % 2500));
  }
  int kept = 0;
  for (int i = 0; i < 2500; ++i) kept += has(store, "old" + std::to_string(i));
  EXPECT_GT(kept, 2100);  // all but what was in the small queue at first
}

// Requests come again after a few hundred others, and then never more: a main queue is of no use.
TEST_F(EvictionTest, TheSmallQueueGrowsWhereItWouldHaveHits) {
  Store store(small());
  const std::string value(1000, 'v');
  int missed = 0;
  for (int i = 0; i < 60'000; ++i) {
    for (const int number : {i, i - 700}) {
      const std::string key = "key" + std::to_string(number);
      if (get(store, key) != "(none)") continue;
      set(store, key, value);
      if (i >= 40'000 && number != i) ++missed;
    }
  }
  EXPECT_LT(missed, 2000) << "of 20000";
}

TEST_F(EvictionTest, MemoryOfOneSizeServesAnother) {
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

// The whole load changes its value size, several times: each time the store holds as much of it as
// if there had never been another.
TEST_F(EvictionTest, NoSizeIsLeftBehindWhenAllValuesChangeTheirs) {
  for (const std::size_t first : {16u, 1000u, 20'000u}) {
    Store store(small());
    std::size_t kept_at_first = 0;
    for (const std::size_t size : {first, std::size_t{100}, std::size_t{3000}, first}) {
      const std::string value(size, 'v');
      const std::size_t fits = store.options().memory_limit / (size + 60);
      // Several times, so that it is seen to be in use.
      for (std::size_t round = 0; round < 6; ++round) {
        for (std::size_t i = 0; i < fits; ++i) {
          const std::string key = std::to_string(size) + "-" + std::to_string(i);
          if (get(store, key) == "(none)") set(store, key, value);
        }
      }
      std::size_t kept = 0;
      for (std::size_t i = 0; i < fits; ++i) {
        kept += has(store, std::to_string(size) + "-" + std::to_string(i));
      }
      if (size != first) continue;
      if (kept_at_first == 0) kept_at_first = kept;
      EXPECT_GE(kept * 10, kept_at_first * 9) << first << ": " << kept << " of " << fits;
    }
  }
}

// Values of ever other sizes leave holes; they are cleaned up rather than paid for by evicting.
TEST_F(EvictionTest, HolesAreCleanedUp) {
  Store store(small());
  std::mt19937 random(1);
  for (int i = 0; i < 200'000; ++i) {
    const std::string key = "key" + std::to_string(random() % 3000);
    set(store, key, std::string(500 + random() % 500, 'v'));
  }
  const StoreStats stats = store.stats();
  EXPECT_GT(stats.shards.cleaned, 0u);
  // 3000 times 750 bytes: with a third of the memory to spare, nearly all of it is there.
  EXPECT_GT(stats.shards.items, 2900u);
}

TEST_F(EvictionTest, TheIndexShrinksWithItsItems) {
  Store store(small());
  for (int i = 0; i < 60'000; ++i) set(store, "key" + std::to_string(i), "x");
  const std::uint64_t many = store.stats().shards.index_bytes;
  for (int i = 0; i < 60'000; ++i) remove(store, "key" + std::to_string(i));
  EXPECT_LT(store.stats().shards.index_bytes, many / 3);
}

TEST_F(EvictionTest, WithoutEvictionFullIsAnError) {
  StoreOptions options = small();
  options.evict = false;
  for (const std::size_t size : {100'000u, 500u}) {
    Store store(options);
    const std::string value(size, 'v');
    std::size_t stored = 0;
    while (set(store, std::to_string(stored), value) == StoreResult::kStored) ++stored;
    EXPECT_GT(stored * size, 3'000'000u);
    for (std::size_t i = 0; i < stored; ++i) ASSERT_EQ(get(store, std::to_string(i)), value);
    // What is dead makes room again, also where it is scattered.
    for (std::size_t i = 0; i < stored; i += 3) EXPECT_TRUE(remove(store, std::to_string(i)));
    for (std::size_t i = 0; i < stored / 4; ++i) {
      ASSERT_EQ(set(store, "new" + std::to_string(i), value), StoreResult::kStored) << size;
    }
    EXPECT_GT(store.stats().out_of_memory, 0u);
    EXPECT_EQ(store.stats().shards.evictions, 0u);
  }
}

TEST_F(EvictionTest, ALowerLimitIsReachedByTheSweep) {
  Store store(small());
  for (int i = 0; i < 3000; ++i) set(store, std::to_string(i), std::string(1000, 'v'));
  store.set_memory_limit(kMegabyte);
  store.sweep(kNow);
  EXPECT_LE(store.stats().memory_used, kMegabyte);
  EXPECT_GT(store.stats().shards.items, 700u);
}

TEST_F(EvictionTest, AHigherLimitIsUsed) {
  Store store(small());
  store.set_memory_limit(16 * kMegabyte);
  for (int i = 0; i < 20000; ++i) set(store, std::to_string(i), std::string(1000, 'v'));
  EXPECT_GT(store.stats().shards.items, 14'000u);
  EXPECT_LE(store.stats().memory_used, 16 * kMegabyte);
}

TEST_F(EvictionTest, WhatIsBeingSentIsPassedOver) {
  Store store(small());
  const std::string value(100'000, 'v');
  set(store, "held", value);
  const LargeRef held = store.access(store.key("held"), kNow).hold();
  for (int i = 0; i < 200; ++i) set(store, std::to_string(i), value);
  EXPECT_EQ(get(store, "held"), value);
}

TEST_F(EvictionTest, WhenAllThatIsLeftIsHeldThereIsAnErrorAndNoEnd) {
  Store store(small());
  const std::string value(500'000, 'v');
  std::vector<LargeRef> held;
  for (int i = 0; i < 20; ++i) {
    if (set(store, std::to_string(i), value) != StoreResult::kStored) break;
    held.push_back(store.access(store.key(std::to_string(i)), kNow).hold());
  }
  EXPECT_LT(held.size(), 9u);
  EXPECT_EQ(set(store, "more", value), StoreResult::kNoMemory);
  held.clear();
  EXPECT_EQ(set(store, "more", value), StoreResult::kStored);
}

// A shard that gave to others must not go on giving until it has nothing, while they hoard.
TEST_F(EvictionTest, NoShardIsLeftWithoutRoom) {
  StoreOptions options;
  options.memory_limit = 64 * kMegabyte;
  Store store(options);
  const std::string value(1024, 'v');
  std::mt19937 random(1);
  int refused = 0;
  for (int i = 0; i < 2'000'000; ++i) {
    const std::string key = "key:" + std::to_string(random() % 120'000);
    if (random() % 2 == 0) {
      get(store, key);
    } else if (set(store, key, value) != StoreResult::kStored) {
      ++refused;
    }
  }
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(store.stats().out_of_memory, 0u);
}

}  // namespace
}  // namespace arcus::daemon
