// Values on their way from the store into a reply, and the look ahead at many keys; for all
// commands that answer with values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "daemon/command/command.h"
#include "daemon/command/line.h"

namespace arcus::daemon {

// Shorter values are copied sooner than they are held and let go.
inline constexpr std::size_t kPinFrom = 8 * 1024;
// Whether a value is copied into the reply, and not held where it is.
inline bool is_copied(const ItemView& item) {
  return item.large == nullptr || item.value.size() < kPinFrom;
}
// Adds an item's value and its CR LF, held where they are until they have been sent. Only a value
// that lies apart; its access must not have ended.
void pin_value(Reply& reply, const Access& item);
// Adds an item's value and its CR LF behind what the line holds, in the one way or the other. The
// item's access must not have ended.
void add_value(Reply& reply, Line& line, const Access& item);

// Some keys of a list: the store is told of all before the first is looked up, so that it need not
// wait for memory at each.
class KeyGroup {
 public:
  static constexpr std::size_t kMost = 16;

  // Takes keys from `words` until there are no more or the group is full. `first_hash` is that of
  // the first, where somebody knows it already.
  KeyGroup(const Store& store, Words& words, std::uint64_t first_hash);

  const Key* begin() const { return keys_.data(); }
  const Key* end() const { return keys_.data() + count_; }

 private:
  std::array<Key, kMost> keys_;
  std::size_t count_ = 0;
};

}  // namespace arcus::daemon
