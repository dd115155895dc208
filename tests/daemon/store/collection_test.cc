// Items that hold a collection: what they weigh, and what becomes of them.
#include <gtest/gtest.h>

#include <string>

#include "daemon/collection/list.h"
#include "tests/daemon/store/store_fixture.h"

namespace arcus::daemon {
namespace {

constexpr std::size_t kRoom = 64 << 10;
constexpr std::uint32_t kMost = 1'000'000;

class StoreCollectionTest : public StoreTest {
 protected:
  static StoreOptions options() {
    StoreOptions options;
    options.memory_limit = 16 << 20;
    options.sticky_limit = 1 << 20;
    return options;
  }

  Access open(const std::string& name, std::size_t room = kRoom) {
    return store_.access_to_grow(store_.key(name), room, kNow);
  }
  // A list of that many values of that size; whether all could be put in.
  bool make(const std::string& name, int count, std::size_t size, Seconds expires = kNever) {
    {
      Access item = open(name);
      if (item.create({.type = CollectionType::kList}, 0, expires) != StoreResult::kStored) {
        return false;
      }
    }
    for (int i = 0; i < count; ++i) {
      if (!push(name, std::string(size, 'v'))) return false;
    }
    return true;
  }
  bool push(const std::string& name, const std::string& value) {
    Access item = open(name);
    if (!item || !item.has_room() || item.sticky_is_full()) return false;
    item.hit();
    return list_insert(*item->collection, item.blocks(), -1, value, kMost) ==
           CollectionResult::kOk;
  }
  std::uint32_t size_of(const std::string& name) {
    Access item = store_.access(store_.key(name), kNow);
    return item ? item->collection->size() : 0;
  }
  void remove(const std::string& name) {
    Access item = store_.access(store_.key(name), kNow);
    if (item) item.remove();
  }

  Store store_{options()};
};

TEST_F(StoreCollectionTest, WeighsWithAllItsElements) {
  ASSERT_TRUE(make("l", 1000, 100));
  const ShardStats stats = store_.stats().shards;
  EXPECT_EQ(stats.collections, 1u);
  EXPECT_GT(stats.collection_bytes, 100'000u);
  EXPECT_LT(stats.collection_bytes, 120'000u);
  EXPECT_GT(stats.item_bytes, stats.collection_bytes);
}

TEST_F(StoreCollectionTest, LeavesNothingWhenItIsRemoved) {
  ASSERT_TRUE(make("l", 1000, 100));
  ASSERT_TRUE(make("m", 3, 5000));
  remove("l");
  remove("m");
  const ShardStats stats = store_.stats().shards;
  EXPECT_EQ(stats.collections, 0u);
  EXPECT_EQ(stats.collection_bytes, 0u);
  EXPECT_EQ(stats.item_bytes, 0u);
  store_.sweep(kNow);
  // What is left is segments and index.
  EXPECT_LT(store_.stats().memory_used, std::size_t{1} << 20);
}

TEST_F(StoreCollectionTest, ShrinksWithItsElements) {
  ASSERT_TRUE(make("l", 1000, 100));
  {
    Access item = store_.access(store_.key("l"), kNow);
    item->collection->tree.erase(item.blocks(), 0, 990);
  }
  EXPECT_LT(store_.stats().shards.collection_bytes, 2000u);
  EXPECT_EQ(size_of("l"), 10u);
}

TEST_F(StoreCollectionTest, GivesWayWhenTheMemoryIsSpent) {
  for (int i = 0; i < 400; ++i) ASSERT_TRUE(make("l" + std::to_string(i), 100, 1000)) << i;
  const StoreStats stats = store_.stats();
  EXPECT_LE(stats.memory_used, stats.memory_limit + stats.chunk_bytes * 8);
  EXPECT_GT(stats.shards.evictions, 200u);
  EXPECT_LT(stats.shards.collections, 170u);
  EXPECT_GT(stats.shards.collections, 90u);
}

TEST_F(StoreCollectionTest, GivesWayToItemsThatAreAskedFor) {
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(make("l" + std::to_string(i), 100, 1000));
  const std::string value(1000, 'v');
  for (int i = 0; i < 60'000; ++i) {
    const std::string name = "k" + std::to_string(i);
    Access item = store_.access_to_put(store_.key(name), value.size(), kNow);
    ASSERT_EQ(item.put({.value = value, .more = {}}), StoreResult::kStored);
    item.hit();
  }
  EXPECT_LT(store_.stats().shards.collections, 20u);
  EXPECT_GT(store_.stats().shards.items, 8000u);
}

TEST_F(StoreCollectionTest, KeepsItsElementsWhileItIsMoved) {
  ASSERT_TRUE(make("kept", 50, 100));
  for (int i = 0; i < 60'000; ++i) {
    const std::string name = "k" + std::to_string(i);
    Access item = store_.access_to_put(store_.key(name), 400, kNow);
    item.put({.value = std::string_view(std::string(400, 'v')), .more = {}});
    item.unlock();
    Access kept = store_.access(store_.key("kept"), kNow);
    ASSERT_TRUE(kept) << i;
    kept.hit();
  }
  EXPECT_EQ(size_of("kept"), 50u);
  EXPECT_EQ(store_.stats().shards.collections, 1u);
}

TEST_F(StoreCollectionTest, KeepsItsElementsWhenItsExpiryIsSet) {
  ASSERT_TRUE(make("l", 50, 100));
  {
    Access item = store_.access_to_change(store_.key("l"), 0, kNow);
    ASSERT_EQ(item.set_expiry(kNow + 10), StoreResult::kStored);
    EXPECT_EQ(item->collection->size(), 50u);
  }
  EXPECT_EQ(size_of("l"), 50u);
  EXPECT_FALSE(store_.access(store_.key("l"), kNow + 10));
  store_.sweep(kNow + 10);
  EXPECT_EQ(store_.stats().shards.collection_bytes, 0u);
}

TEST_F(StoreCollectionTest, IsGoneAfterAFlush) {
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(make("l" + std::to_string(i), 100, 3000));
  store_.flush(0, kNow);
  EXPECT_EQ(size_of("l1"), 0u);
  EXPECT_EQ(store_.stats().shards.collections, 0u);
  store_.sweep(kNow);
  // A shard may keep one chunk for the next collection.
  const StoreStats stats = store_.stats();
  EXPECT_LE(stats.memory_used, stats.shard_count * stats.chunk_bytes);
}

TEST_F(StoreCollectionTest, MayNotGrowBeyondWhatMayBeSticky) {
  ASSERT_TRUE(make("l", 100, 1000, kSticky));
  int more = 0;
  while (push("l", std::string(1000, 'v'))) ++more;
  EXPECT_GT(more, 800);
  EXPECT_LT(more, 1000);
  const ShardStats stats = store_.stats().shards;
  EXPECT_NEAR(static_cast<double>(stats.sticky_bytes), 1 << 20, 8000);
  remove("l");
  EXPECT_EQ(store_.stats().shards.sticky_bytes, 0u);
}

TEST_F(StoreCollectionTest, WithoutEvictionSaysThatThereIsNoRoom) {
  StoreOptions strict = options();
  strict.evict = false;
  Store store(strict);
  const Key key = store.key("l");
  {
    Access item = store.access_to_grow(key, kRoom, kNow);
    ASSERT_EQ(item.create({.type = CollectionType::kList}, 0, kNever), StoreResult::kStored);
  }
  int put = 0;
  for (; put < 100'000; ++put) {
    Access item = store.access_to_grow(key, kRoom, kNow);
    ASSERT_TRUE(item);
    if (!item.has_room()) break;
    list_insert(*item->collection, item.blocks(), -1, std::string(1000, 'v'), kMost);
  }
  EXPECT_GT(put, 10'000);
  EXPECT_LT(put, 17'000);
  EXPECT_LE(store.stats().memory_used, store.stats().memory_limit);
}

}  // namespace
}  // namespace arcus::daemon
