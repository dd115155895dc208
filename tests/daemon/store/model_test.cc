// The store against a plain map, with random requests of a fixed seed: whatever the store still has
// must be what the map says, and its counts must add up.
#include <map>
#include <random>

#include "tests/daemon/store/store_fixture.h"

namespace arcus::daemon {
namespace {

struct Expected {
  std::string value;
  Seconds expires = kNever;
  std::uint64_t cas = 0;  // 0: nobody has asked
};

class StoreModelTest : public StoreTest, public testing::WithParamInterface<unsigned> {
 protected:
  std::string random_value() {
    const auto dice = random_() % 50;
    const std::size_t size = dice == 0   ? random_() % 40'000
                             : dice < 10 ? random_() % 2500
                                         : random_() % 60;
    return std::string(size, static_cast<char>('a' + random_() % 26));
  }

  Seconds soon() { return now_ + 1 + static_cast<Seconds>(random_() % 20); }

  void step(Store& store) {
    const std::string key = std::string(random_() % 20, 'k') + std::to_string(random_() % 3000);
    const auto known = model_.find(key);
    if (known != model_.end() && known->second.expires != kNever && known->second.expires <= now_) {
      model_.erase(known);
    }
    switch (random_() % 8) {
      case 0:
      case 1: {
        Expected fresh;
        fresh.value = random_value();
        if (random_() % 4 == 0) fresh.expires = soon();
        ASSERT_EQ(set(store, key, fresh.value, fresh.expires, now_), StoreResult::kStored);
        model_[key] = fresh;
        break;
      }
      case 2:
        if (random_() % 4 == 0) {
          remove(store, key);
          model_.erase(key);
        }
        break;
      case 3: {
        const Seconds expires = random_() % 2 == 0 ? kNever : soon();
        if (touch(store, key, expires, now_) == StoreResult::kStored) model_[key].expires = expires;
        break;
      }
      default:
        check(store, key);
    }
    if (random_() % 2000 == 0) ++now_;
    if (random_() % 1000 == 0) store.sweep(now_);
  }

  void check(Store& store, const std::string& key) {
    Access item = store.access(store.key(key), now_);
    if (!item) return;
    item.hit();
    const auto known = model_.find(key);
    ASSERT_NE(known, model_.end()) << key << " came back from the dead";
    Expected& expected = known->second;
    ASSERT_EQ(item->value, expected.value) << key;
    ASSERT_EQ(item->expires, expected.expires) << key;
    if (random_() % 2 == 0) return;
    const std::uint64_t id = item.cas();
    if (expected.cas == 0) expected.cas = id;
    ASSERT_EQ(id, expected.cas) << key;
  }

  std::mt19937 random_{GetParam()};
  Seconds now_ = kNow;
  std::map<std::string, Expected> model_;
};

TEST_P(StoreModelTest, NeverShowsAnythingElse) {
  StoreOptions options = small();
  options.memory_limit = 2 * kMegabyte;
  options.shards = GetParam() % 2 == 0 ? 1 : 4;
  Store store(options);
  for (int i = 0; i < 200'000; ++i) {
    step(store);
    if (HasFatalFailure()) FAIL() << "at step " << i;
  }
  const StoreStats stats = store.stats();
  EXPECT_GT(stats.shards.evictions, 0u);
  Store::Cursor cursor;
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;
  // At a time when nothing is over, so that all that is counted is shown.
  const auto count = [&](const ItemView& item, std::uint64_t) {
    ++items;
    bytes += item.key.size() + item.value.size();
  };
  while (store.visit(cursor, 1, count)) {
  }
  EXPECT_EQ(items, stats.shards.items);
  EXPECT_LE(bytes, stats.shards.item_bytes);
}

INSTANTIATE_TEST_SUITE_P(Seeds, StoreModelTest, testing::Values(1u, 2u, 3u, 4u));

}  // namespace
}  // namespace arcus::daemon
