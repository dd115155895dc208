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
    static_assert(kCount < kNone);
    factor_ = 0x9e3779b1;
    while (!fill(table)) factor_ += 2;
  }

  // The entry of that verb, or null. The same table as before.
  template <typename Entry, std::size_t kCount>
  const Entry* find(const Entry (&table)[kCount], std::string_view verb) const {
    if (verb.empty()) return nullptr;
    const std::uint8_t at = slots_[slot(verb)];
    return at != kNone && table[at].verb == verb ? &table[at] : nullptr;
  }

 private:
  static constexpr std::uint8_t kNone = 0xff;
  static constexpr std::size_t kSlots = 256;

  // Length and three letters tell all our verbs apart.
  constexpr std::size_t slot(std::string_view verb) const {
    const auto letter = [verb](std::size_t at) { return static_cast<std::uint8_t>(verb[at]); };
    const std::uint32_t signs = std::uint32_t{letter(0)} |
                                std::uint32_t{letter(verb.size() > 1 ? 1 : 0)} << 8 |
                                std::uint32_t{letter(verb.size() - 1)} << 16 |
                                static_cast<std::uint32_t>(verb.size()) << 24;
    return (signs * factor_) >> 24;
  }

  template <typename Entry, std::size_t kCount>
  consteval bool fill(const Entry (&table)[kCount]) {
    slots_.fill(kNone);
    for (std::size_t i = 0; i < kCount; ++i) {
      std::uint8_t& entry = slots_[slot(table[i].verb)];
      if (entry != kNone) return false;
      entry = static_cast<std::uint8_t>(i);
    }
    return true;
  }

  std::array<std::uint8_t, kSlots> slots_{};
  std::uint32_t factor_ = 0;
};

}  // namespace arcus::daemon
