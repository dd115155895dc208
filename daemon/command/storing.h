// Storing: what all commands that store a value do with it, whatever their syntax and their
// answers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/command/receiving.h"

namespace arcus::daemon {

enum class StoreMode { kSet, kAdd, kReplace, kAppend, kPrepend, kCas };

struct Order {
  StoreMode mode = StoreMode::kSet;
  Key key;
  std::uint32_t flags = 0;
  Seconds expires = kNever;
  std::uint64_t cas = 0;       // kCas: the id that the item must have; kAppend, kPrepend: that too,
                               // if it is not 0
  std::uint64_t new_cas = 0;   // the id it gets; 0: one of the store's
  bool even_if_older = false;  // kCas: with an id older than the item's it is stored as stale
  bool vivify = false;         // kAppend, kPrepend: makes the item when there is none
};

struct Stored {
  StoreResult result;
  std::size_t size = 0;   // of the whole value
  std::uint64_t cas = 0;  // only if asked for
};

// The value must be whole.
Stored carry_out(Call& call, const Order& order, Received& value, bool tell_cas);

// What was to be replaced and could not be: nobody must read it again.
void remove_unreplaced(Call& call, const Key& key);

}  // namespace arcus::daemon
