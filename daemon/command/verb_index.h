// Finds a verb in a table of commands with one comparison: a perfect hash that is made while the
// program is compiled. Immutable; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace arcus::daemon {

class VerbIndex {
 public:
  // The table is one of structs with a `verb`. Where no hash tells all verbs apart, the program
  // does not compile.
  template <typename Entry, std::size_t kCount>
  explicit consteval VerbIndex(const Entry (&table)[kCount]) {
    static_assert(kCount < kSlots);
    factor_ = 0x9e3779b1;
    while (!fill(table)) factor_ += 2;
  }

  // The entry of that verb, or null. The same table as before.
  template <typename Entry, std::size_t kCount>
  const Entry* find(const Entry (&table)[kCount], std::string_view verb) const {
    if (verb.empty()) return nullptr;
    const std::uint32_t signs = signs_of(verb);
    const Slot& slot = slots_[slot_of(signs)];
    if (slot.signs != signs) return nullptr;
    const Entry& entry = table[slot.entry];
    // Of the shortest, which are the busiest, the signs are all there is.
    return verb.size() <= 3 || entry.verb == verb ? &entry : nullptr;
  }

 private:
  static constexpr std::size_t kSlots = 256;

  struct Slot {
    std::uint32_t signs = 0;  // 0: nobody's
    std::uint32_t entry = 0;
  };

  // Length and three letters tell all our verbs apart.
  static constexpr std::uint32_t signs_of(std::string_view verb) {
    const auto letter = [verb](std::size_t at) {
      return std::uint32_t{static_cast<std::uint8_t>(verb[at])};
    };
    const std::size_t last = verb.size() - 1;
    return letter(0) | letter(last > 0 ? 1 : 0) << 8 | letter(last) << 16 |
           static_cast<std::uint32_t>(verb.size()) << 24;
  }
  constexpr std::size_t slot_of(std::uint32_t signs) const { return (signs * factor_) >> 24; }

  template <typename Entry, std::size_t kCount>
  consteval bool fill(const Entry (&table)[kCount]) {
    slots_.fill({});
    for (std::size_t i = 0; i < kCount; ++i) {
      const std::uint32_t signs = signs_of(table[i].verb);
      Slot& slot = slots_[slot_of(signs)];
      if (slot.signs != 0) return false;
      slot = {signs, static_cast<std::uint32_t>(i)};
    }
    return true;
  }

  std::array<Slot, kSlots> slots_{};
  std::uint32_t factor_ = 0;
};

}  // namespace arcus::daemon
