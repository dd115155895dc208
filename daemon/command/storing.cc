#include "daemon/command/storing.h"

#include <cstring>
#include <optional>
#include <utility>

namespace arcus::daemon {
namespace {

// Moves a value that came with its request to where it can stay, if it is a large one.
bool settle(Call& call, Received& value) {
  Store& store = call.engine.store();
  if (value.large || !store.is_large(value.value().size())) return true;
  value.large = store.allocate_large(value.value().size(), call.now);
  if (!value.large) return false;
  std::memcpy(value.large->data(), value.body.data(), value.body.size());
  return true;
}

// Whether the condition of the order is met; `stale` is set when it is only just.
StoreResult condition(const Order& order, Access& item, bool& stale) {
  if (item.collection() != nullptr) return StoreResult::kTypeMismatch;
  switch (order.mode) {
    case StoreMode::kAdd:
      return item ? StoreResult::kNotStored : StoreResult::kStored;
    case StoreMode::kReplace:
      return item ? StoreResult::kStored : StoreResult::kNotStored;
    case StoreMode::kCas: {
      if (!item) return StoreResult::kNotFound;
      const std::uint64_t cas = item.cas();
      // Id 0 is none, and not an old one.
      stale = order.even_if_older && order.cas != 0 && order.cas < cas;
      return order.cas == cas || stale ? StoreResult::kStored : StoreResult::kExists;
    }
    default:
      return StoreResult::kStored;
  }
}

Stored store_whole(Call& call, const Order& order, Received& value, bool tell_cas) {
  if (!settle(call, value)) return {StoreResult::kNoMemory};
  const std::string_view bytes = value.value();
  Access item = call.engine.store().access_to_put(order.key, bytes.size(), call.now);
  bool stale = false;
  const StoreResult allowed = condition(order, item, stale);
  if (allowed != StoreResult::kStored) return {allowed};
  const bool won = stale && item->won;
  const StoreResult result = item.put({.value = bytes,
                                       .more = {},
                                       .large = value.large.get(),
                                       .flags = order.flags,
                                       .expires = stale ? item->expires : order.expires,
                                       .cas = order.new_cas,
                                       .stale = stale,
                                       .won = won});
  if (result != StoreResult::kStored) return {result};
  return {result, bytes.size(), tell_cas ? item.cas() : 0};
}

// Append and prepend.
class Extension {
 public:
  Extension(Call& call, const Order& order, std::string_view piece)
      : call_(call), store_(call.engine.store()), order_(order), piece_(piece) {}

  // kNotFound: there is no item.
  Stored carry_out(bool tell_cas) {
    while (true) {
      Access item = store_.access_to_change(order_.key, piece_.size(), call_.now);
      const StoreResult allowed = condition(item);
      if (allowed != StoreResult::kStored) return {allowed};
      const std::size_t size = item->value.size() + piece_.size();
      if (size + 2 > store_.value_limit()) return {StoreResult::kTooLarge};
      if (!store_.is_large(size)) return put(item, joined(item->value), nullptr, tell_cas);
      if (auto stored = join(item, size, tell_cas)) return *stored;
    }
  }

 private:
  StoreResult condition(Access& item) const {
    if (!item) return StoreResult::kNotFound;
    if (item->collection != nullptr) return StoreResult::kTypeMismatch;
    const bool other = order_.cas != 0 && item.cas() != order_.cas;
    return other ? StoreResult::kExists : StoreResult::kStored;
  }
  bool append() const { return order_.mode == StoreMode::kAppend; }
  std::pair<std::string_view, std::string_view> joined(std::string_view old) const {
    return append() ? std::pair(old, piece_) : std::pair(piece_, old);
  }

  Stored put(Access& item, std::pair<std::string_view, std::string_view> parts, LargeValue* large,
             bool tell_cas) const {
    const std::size_t size = item->value.size() + piece_.size();
    const StoreResult result = item.put({.value = parts.first,
                                         .more = parts.second,
                                         .large = large,
                                         .flags = item->flags,
                                         .expires = item->expires,
                                         .cas = order_.new_cas});
    if (result != StoreResult::kStored) return {result};
    return {result, size, tell_cas ? item.cas() : 0};
  }

  // The result is a large one: it is put together while nobody is kept from the shard. Nothing if
  // the item has changed meanwhile.
  std::optional<Stored> join(Access& item, std::size_t size, bool tell_cas) const {
    const LargeRef held = item.hold();
    const std::size_t old_size = item->value.size();
    item.unlock();

    LargeRef whole = store_.allocate_large(size, call_.now);
    if (!whole) return Stored{StoreResult::kNoMemory};
    char* const old_at = whole->data() + (append() ? 0 : piece_.size());
    char* const piece_at = whole->data() + (append() ? old_size : 0);
    std::memcpy(piece_at, piece_.data(), piece_.size());
    if (held) std::memcpy(old_at, held->data(), old_size);
    std::memcpy(whole->data() + size, "\r\n", 2);

    Access again = store_.access_to_change(order_.key, sizeof(LargeValue*), call_.now);
    if (condition(again) != StoreResult::kStored) return std::nullopt;
    if (again->large != held.get() || again->value.size() != old_size) return std::nullopt;
    if (!held) std::memcpy(old_at, again->value.data(), old_size);
    return put(again, {}, whole.get(), tell_cas);
  }

  Call& call_;
  Store& store_;
  const Order& order_;
  const std::string_view piece_;
};

Stored extend(Call& call, const Order& order, Received& value, bool tell_cas) {
  while (true) {
    const Stored stored = Extension(call, order, value.value()).carry_out(tell_cas);
    if (stored.result != StoreResult::kNotFound) return stored;
    if (!order.vivify) return {StoreResult::kNotStored};
    Order made = order;
    made.mode = StoreMode::kAdd;
    const Stored first = store_whole(call, made, value, tell_cas);
    // Somebody was faster: now there is something to extend.
    if (first.result != StoreResult::kNotStored) return first;
  }
}

}  // namespace

Stored carry_out(Call& call, const Order& order, Received& value, bool tell_cas) {
  const bool extends = order.mode == StoreMode::kAppend || order.mode == StoreMode::kPrepend;
  const Stored stored =
      extends ? extend(call, order, value, tell_cas) : store_whole(call, order, value, tell_cas);
  call.stats.cmd_set.add();
  if (order.mode == StoreMode::kCas) {
    call.stats.cmd_cas.add();
    if (stored.result == StoreResult::kStored) call.stats.cas_hits.add();
    if (stored.result == StoreResult::kExists) call.stats.cas_badval.add();
    if (stored.result == StoreResult::kNotFound) call.stats.cas_misses.add();
  }
  if (stored.result == StoreResult::kTooLarge) call.stats.store_too_large.add();
  if (stored.result == StoreResult::kNoMemory) call.stats.store_no_memory.add();
  return stored;
}

void remove_unreplaced(Call& call, const Key& key) {
  Access item = call.engine.store().access(key, call.now);
  if (item) item.remove();
}

}  // namespace arcus::daemon
