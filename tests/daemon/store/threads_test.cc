// Many threads at once; what they read must always be whole and their own.
#include <atomic>
#include <random>
#include <thread>
#include <vector>

#include "tests/daemon/store/store_fixture.h"

namespace arcus::daemon {
namespace {

using StoreThreadsTest = StoreTest;

void add_one(Store& store, std::string_view key) {
  Access item = store.access_to_change(store.key(key), 20, kNow);
  const std::string next = std::to_string(std::stoull(std::string(item->value)) + 1);
  Content content;
  content.value = next;
  ASSERT_EQ(item.put(content), StoreResult::kStored);
}

TEST_F(StoreThreadsTest, LoseNoIncrementAndNoAppend) {
  Store store(small());
  set(store, "n", "0");
  set(store, "text", "");
  constexpr int kThreads = 4, kRounds = 5000;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&store] {
      for (int i = 0; i < kRounds; ++i) {
        add_one(store, "n");
        if (i % 3 == 0) cas(store, "n");  // keeps the next one from working in place
        if (i % 10 == 0) append(store, "text", "x");
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(get(store, "n"), std::to_string(kThreads * kRounds));
  EXPECT_EQ(get(store, "text"), std::string(kThreads * kRounds / 10, 'x'));
}

// Every value names its key and a size, and is filled with one letter.
std::string value_for(const std::string& key, std::uint32_t random) {
  const std::size_t size = random % 16 == 0 ? random % 9000 : random % 200;
  return key + " " + std::string(size, static_cast<char>('a' + size % 26));
}
bool is_whole(const std::string& key, std::string_view value) {
  if (!value.starts_with(key + " ")) return false;
  value.remove_prefix(key.size() + 1);
  const auto letter = static_cast<char>('a' + value.size() % 26);
  return value.find_first_not_of(letter) == std::string_view::npos;
}

TEST_F(StoreThreadsTest, SeeOnlyWholeValuesOfTheirKey) {
  StoreOptions options = small();
  options.shards = 4;
  Store store(options);
  std::atomic<int> wrong = 0;
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(t);
      for (int i = 0; i < 30000; ++i) {
        const std::string key = "key" + std::to_string(random() % 8000);
        store.prefetch_index(store.key(key).hash);
        store.prefetch_item(store.key(key).hash);
        const auto dice = random() % 32;
        if (dice < 12) set(store, key, value_for(key, random()), dice < 3 ? kNow + 1 : kNever);
        if (dice == 12) remove(store, key);
        if (dice == 13) touch(store, key, kNow + 1);
        if (dice == 14) cas(store, key);
        LargeRef large;
        {
          Access item = store.access(store.key(key), kNow);
          if (!item) continue;
          item.hit();
          if (item->large != nullptr) large = item.hold();
          if (item->key != key || !is_whole(key, item->value)) ++wrong;
        }
        if (large && !is_whole(key, large->value())) ++wrong;
      }
    });
  }
  std::thread background([&] {
    Store::Cursor cursor;
    for (unsigned i = 0; !stop; ++i) {
      store.sweep(kNow + (i % 2));
      if (i % 1000 == 0) store.flush(0, kNow);
      if (!store.visit(cursor, kNow, [&](const ItemView& item, std::uint64_t) {
            if (!is_whole(std::string(item.key), item.value)) ++wrong;
          })) {
        cursor = {};
      }
      store.stats();
    }
  });
  for (auto& thread : threads) thread.join();
  stop = true;
  background.join();
  EXPECT_EQ(wrong, 0);
  store.sweep(kNow);
  EXPECT_LE(store.stats().memory_used, store.stats().memory_limit);
  store.drop_everything();
  EXPECT_EQ(store.stats().memory_used, store.stats().chunk_bytes);
}

}  // namespace
}  // namespace arcus::daemon
