#include "daemon/store/store.h"

#include <set>
#include <vector>

#include "tests/daemon/store/store_fixture.h"

namespace arcus::daemon {
namespace {

TEST_F(StoreTest, KeepsKeysApart) {
  Store store(small());
  for (int i = 0; i < 20000; ++i) set(store, "key" + std::to_string(i), std::to_string(i));
  for (int i = 0; i < 20000; ++i) {
    ASSERT_EQ(get(store, "key" + std::to_string(i)), std::to_string(i));
  }
  EXPECT_EQ(store.stats().shards.items, 20000u);
  for (int i = 0; i < 20000; i += 2) EXPECT_TRUE(remove(store, "key" + std::to_string(i)));
  for (int i = 0; i < 20000; ++i) {
    EXPECT_EQ(get(store, "key" + std::to_string(i)), i % 2 ? std::to_string(i) : "(none)");
  }
}

TEST_F(StoreTest, ShowsAllOfAnItem) {
  Store store(small());
  set(store, "key", "value", kNow + 10);
  Access item = store.access(store.key("key"), kNow);
  ASSERT_TRUE(item);
  EXPECT_EQ(item->key, "key");
  EXPECT_EQ(item->value, "value");
  EXPECT_EQ(item->flags, 7u);
  EXPECT_EQ(item->expires, kNow + 10);
  EXPECT_EQ(item->stored, kNow);
  EXPECT_FALSE(item->fetched || item->stale || item->won);
}

TEST_F(StoreTest, KnowsWhatWasFetchedSinceItWasStored) {
  Store store(small());
  set(store, "a", "1");
  EXPECT_FALSE(store.access(store.key("a"), kNow)->fetched);
  get(store, "a");
  EXPECT_TRUE(store.access(store.key("a"), kNow)->fetched);
  touch(store, "a", kNow + 100);
  EXPECT_TRUE(store.access(store.key("a"), kNow)->fetched);
  set(store, "a", "2", kNow + 100);
  EXPECT_FALSE(store.access(store.key("a"), kNow)->fetched);
}

TEST_F(StoreTest, KeepsMarks) {
  Store store(small());
  set(store, "a", "1");
  {
    Access item = store.access_to_change(store.key("a"), 0, kNow);
    EXPECT_EQ(item.set_marks(true, true), StoreResult::kStored);
    EXPECT_TRUE(item->stale && item->won);
    EXPECT_EQ(item.set_expiry(kNow + 5), StoreResult::kStored);
  }
  {
    Access item = store.access_to_change(store.key("a"), 0, kNow);
    EXPECT_TRUE(item->stale && item->won);
    EXPECT_EQ(item->value, "1");
    EXPECT_EQ(item->expires, kNow + 5);
    item.set_marks(false, false);
  }
  EXPECT_FALSE(store.access(store.key("a"), kNow)->stale);
}

TEST_F(StoreTest, ExpiresAtTheSecondThatWasSaid) {
  Store store(small());
  set(store, "a", "1", kNow + 10);
  EXPECT_EQ(get(store, "a", kNow + 9), "1");
  EXPECT_EQ(get(store, "a", kNow + 10), "(none)");
  set(store, "b", "1", kAlreadyExpired);
  EXPECT_EQ(get(store, "b"), "(none)");
  EXPECT_EQ(touch(store, "b", kNever), StoreResult::kNotFound);
}

TEST_F(StoreTest, TouchMovesTheEnd) {
  Store store(small());
  set(store, "a", "1", kNow + 10);
  set(store, "b", "1");
  EXPECT_EQ(touch(store, "a", kNow + 100), StoreResult::kStored);
  EXPECT_EQ(touch(store, "b", kNow + 50), StoreResult::kStored);
  EXPECT_EQ(get(store, "a", kNow + 50), "1");
  EXPECT_EQ(get(store, "b", kNow + 49), "1");
  EXPECT_EQ(get(store, "b", kNow + 50), "(none)");
  EXPECT_EQ(get(store, "a", kNow + 100), "(none)");
}

TEST_F(StoreTest, SweepingTakesBackWhatExpired) {
  Store store(small());
  for (int i = 0; i < 1000; ++i) set(store, std::to_string(i), "value", kNow + 10);
  set(store, "stays", "value");
  set(store, "later", "value", kNow + 11);
  store.sweep(kNow + 9);
  EXPECT_EQ(store.stats().shards.items, 1002u);
  store.sweep(kNow + 10);
  EXPECT_EQ(store.stats().shards.items, 2u);
  EXPECT_EQ(store.stats().shards.reclaimed, 1000u);
  store.sweep(kNow + 11);
  EXPECT_EQ(store.stats().shards.items, 1u);
  EXPECT_EQ(get(store, "stays"), "value");
}

TEST_F(StoreTest, SweepingGivesWholeSegmentsBack) {
  Store store(small());
  const std::string value(1000, 'v');
  for (int i = 0; i < 2000; ++i) set(store, std::to_string(i), value, kNow + 10);
  const std::size_t full = store.stats().memory_used;
  store.sweep(kNow + 10);
  EXPECT_LT(store.stats().memory_used, full / 10);
}

TEST_F(StoreTest, WhatIsPutAnewTakesTheSameBytes) {
  Store store(small());
  set(store, "a", "1234");
  const std::uint64_t before = store.stats().shards.dead_bytes;
  for (int i = 0; i < 100; ++i) set(store, "a", std::to_string(1000 + i));
  EXPECT_EQ(get(store, "a"), "1099");
  EXPECT_EQ(store.stats().shards.dead_bytes, before);
  EXPECT_EQ(store.stats().shards.total_items, 101u);
}

TEST_F(StoreTest, LongKeysAndLargeValuesTogether) {
  Store store(small());
  const std::string key(kLongestKey, 'k');
  for (const std::size_t size : {0u, 1u, 200u, 300u, 2048u, 2049u, 100'000u}) {
    const std::string value(size, 'v');
    EXPECT_EQ(set(store, key, value), StoreResult::kStored) << size;
    EXPECT_EQ(get(store, key), value);
    EXPECT_EQ(set(store, "k", value), StoreResult::kStored) << size;
    EXPECT_EQ(get(store, "k"), value);
  }
  EXPECT_EQ(store.stats().shards.items, 2u);
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

  set(store, "last", value);
  EXPECT_EQ(touch(store, "last", kSticky), StoreResult::kNoMemory);
  EXPECT_EQ(touch(store, "sticky0", kNever), StoreResult::kStored);
  EXPECT_EQ(touch(store, "last", kSticky), StoreResult::kStored);
  // In the place of itself it does not count twice.
  EXPECT_EQ(set(store, "last", value, kSticky), StoreResult::kStored);
  store.drop_everything();
  EXPECT_EQ(store.stats().shards.sticky_bytes, 0u);
  EXPECT_EQ(set(store, "s", value, kSticky), StoreResult::kStored);
}

TEST_F(StoreTest, ACasIdIsOfOneValueAndNoOther) {
  Store store(small());
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 3000; ++i) {
    const std::string key = std::to_string(i % 1000);
    set(store, key, "v");
    const std::uint64_t id = cas(store, key);
    EXPECT_TRUE(seen.insert(id).second);
    EXPECT_EQ(cas(store, key), id);
  }
}

TEST_F(StoreTest, ACasIdOutlivesWhateverMovesTheItem) {
  Store store(small());
  set(store, "kept", "v");
  const std::uint64_t id = cas(store, "kept");
  touch(store, "kept", kNow + 1000);
  EXPECT_EQ(cas(store, "kept"), id);
  // Through both queues and around, several times.
  for (int i = 0; i < 100'000; ++i) {
    const std::string filler = "filler" + std::to_string(i);
    set(store, filler, std::string(300, 'v'));
    get(store, filler);
    if (i % 100 != 0) continue;
    ASSERT_EQ(get(store, "kept"), "v");
  }
  EXPECT_GT(store.stats().shards.reinserted, 0u);
  EXPECT_EQ(cas(store, "kept"), id);
  set(store, "kept", "w");
  EXPECT_NE(cas(store, "kept"), id);
}

// In whichever queue the values lie.
TEST_F(StoreTest, TheIdsOfAKeyCountUp) {
  Store store(small());
  std::uint64_t last = 0;
  for (int i = 0; i < 60'000; ++i) {
    const std::string filler = "filler" + std::to_string(i);
    set(store, filler, std::string(300 + i % 100, 'v'));
    // Long after the main queue's last segment was begun; asked for, so that it comes there.
    if (i < 20'000 || i % 1501 != 0) continue;
    set(store, "counted", std::string(1 + i % 200, 'v'));
    get(store, "counted");
    const std::uint64_t id = cas(store, "counted");
    if (id == 0) continue;
    ASSERT_GT(id, last) << i;
    last = id;
  }
  EXPECT_GT(store.stats().shards.evictions, 0u);
}

TEST_F(StoreTest, AnIdCanBeGiven) {
  Store store(small());
  Content content;
  content.value = "v";
  content.cas = 12345;
  {
    Access item = store.access_to_put(store.key("a"), 1, kNow);
    item.put(content);
    EXPECT_EQ(item.cas(), 12345u);
  }
  EXPECT_EQ(cas(store, "a"), 12345u);
  append(store, "a", "w");
  EXPECT_NE(cas(store, "a"), 12345u);
}

TEST_F(StoreTest, AReaderKeepsItsLargeValueWhateverHappensToTheKey) {
  Store store(small());
  const std::string value(100'000, 'v');
  set(store, "n", value);
  const LargeRef read = store.access(store.key("n"), kNow).hold();
  set(store, "n", std::string(100'000, 'w'));
  EXPECT_EQ(read->value(), value);
  remove(store, "n");
  store.drop_everything();
  EXPECT_EQ(read->line(), value + "\r\n");
  EXPECT_EQ(store.stats().large_bytes, read->footprint());
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
  EXPECT_EQ(set(store, "b", "2", kNever, kNow + 10), StoreResult::kStored);
  EXPECT_EQ(get(store, "a", kNow + 10), "(none)");
  EXPECT_EQ(get(store, "b", kNow + 10), "2");
}

TEST_F(StoreTest, DroppingEverythingFreesAllButTheIndex) {
  Store store(small());
  for (int i = 0; i < 10000; ++i) set(store, std::to_string(i), "value");
  set(store, "large", std::string(100'000, 'v'));
  store.drop_everything();
  const StoreStats stats = store.stats();
  EXPECT_EQ(stats.shards.items, 0u);
  EXPECT_LE(stats.shards.index_bytes, stats.chunk_bytes);
  EXPECT_EQ(stats.memory_used, stats.chunk_bytes);
  EXPECT_EQ(stats.large_bytes, 0u);
  EXPECT_EQ(get(store, "1"), "(none)");
}

TEST_F(StoreTest, VisitsEveryItemOnceWhenNothingMoves) {
  Store store(small());
  std::set<std::string> wanted;
  for (int i = 0; i < 10000; ++i) {
    const std::string key = "key" + std::to_string(i);
    set(store, key, "value", i % 10 == 0 ? kAlreadyExpired : kNever);
    if (i % 10 != 0 && i % 7 != 0) wanted.insert(key);
    if (i % 7 == 0) remove(store, key);
  }
  Store::Cursor cursor;
  std::set<std::string> seen;
  const auto note = [&](const ItemView& item, std::uint64_t) {
    EXPECT_TRUE(seen.insert(std::string(item.key)).second) << item.key;
  };
  while (store.visit(cursor, kNow, note)) {
  }
  EXPECT_EQ(seen, wanted);
}

}  // namespace
}  // namespace arcus::daemon
