#include "daemon/command/values.h"

namespace arcus::daemon {
namespace {

void release_pin(void*, void* value) {
  static_cast<LargeValue*>(value)->release();
}

}  // namespace

void pin_value(Reply& reply, const Access& item) {
  LargeValue* const value = item.hold().release();
  reply.add_pinned(value->line(), Pin(nullptr, value, release_pin));
}

void add_value(Reply& reply, Line& line, const Access& item) {
  if (is_copied(*item)) {
    line.add(item->value);
    line.add("\r\n");
    return;
  }
  line.flush();
  pin_value(reply, item);
}

KeyGroup::KeyGroup(const Store& store, Words& words, std::uint64_t first_hash) {
  while (count_ < kMost) {
    const std::string_view text = words.next();
    if (text.empty()) break;
    Key& key = keys_[count_];
    if (count_ == 0 && first_hash != 0) {
      key = {text, first_hash};
    } else {
      key = store.key(text);
      store.prefetch_index(key.hash);
    }
    ++count_;
  }
  // One alone was looked ahead at already, or is looked up at once.
  if (count_ < 2) return;
  for (const Key& key : *this) store.prefetch_item(key.hash);
}

}  // namespace arcus::daemon
