// A small store, and the few things that commands do with one.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "daemon/store/store.h"

namespace arcus::daemon {

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

  static StoreResult set(Store& store, std::string_view key, std::string_view value,
                         Seconds expires = kNever, Seconds now = kNow) {
    Content content;
    content.flags = 7;
    content.expires = expires;
    LargeRef large;
    if (store.is_large(value.size())) {
      large = store.allocate_large(value.size(), now);
      if (!large) return StoreResult::kNoMemory;
      value.copy(large->data(), value.size());
      std::string_view("\r\n").copy(large->data() + value.size(), 2);
      content.large = large.get();
    } else {
      content.value = value;
    }
    return store.access_to_put(store.key(key), value.size(), now).put(content);
  }
  // Reads as `get` does.
  static std::string get(Store& store, std::string_view key, Seconds now = kNow) {
    Access item = store.access(store.key(key), now);
    if (!item) return "(none)";
    item.hit();
    return std::string(item->value);
  }
  static bool has(Store& store, std::string_view key) {
    return static_cast<bool>(store.access(store.key(key), kNow));
  }
  static std::uint64_t cas(Store& store, std::string_view key) {
    Access item = store.access(store.key(key), kNow);
    return item ? item.cas() : 0;
  }
  static bool remove(Store& store, std::string_view key) {
    Access item = store.access(store.key(key), kNow);
    if (!item) return false;
    item.remove();
    return true;
  }
  static StoreResult touch(Store& store, std::string_view key, Seconds expires,
                           Seconds now = kNow) {
    Access item = store.access_to_change(store.key(key), 0, now);
    return item ? item.set_expiry(expires) : StoreResult::kNotFound;
  }
  static StoreResult append(Store& store, std::string_view key, std::string_view more) {
    Access item = store.access_to_change(store.key(key), more.size(), kNow);
    if (!item) return StoreResult::kNotStored;
    Content content;
    content.value = item->value;
    content.more = more;
    content.flags = item->flags;
    content.expires = item->expires;
    return item.put(content);
  }
};

}  // namespace arcus::daemon
