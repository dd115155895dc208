// Numbers as values, for incr, decr and ma.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/command/command.h"

namespace arcus::daemon {

// Ask for access to put, or change, so much before change_number() or put_number().
inline constexpr std::size_t kNumberRoom = 512;

// The number that a value holds: blanks, digits, and then nothing, or a blank and anything.
std::optional<std::uint64_t> number_of(std::string_view value);

struct Change {
  std::uint64_t by = 1;
  bool subtract = false;
  std::uint64_t new_cas = 0;  // 0: one of the store's
  std::optional<Seconds> expires = {};
};

// Adds to the item's number, or subtracts from it, but not below 0; above 2^64 it begins at 0
// again. kStored (and `number` is the new one), kNotNumeric or kNoMemory. A number that becomes
// shorter keeps its length, with blanks after it.
StoreResult change_number(Access& item, const Change& change, std::uint64_t& number);

struct NewNumber {
  std::uint64_t value = 0;
  std::uint32_t flags = 0;
  Seconds expires = kNever;
  std::uint64_t cas = 0;  // 0: one of the store's
};
StoreResult put_number(Access& item, const NewNumber& number);

// What the sum's statistics want to know.
void count_change(ThreadStats& stats, bool subtract, bool hit);

}  // namespace arcus::daemon
