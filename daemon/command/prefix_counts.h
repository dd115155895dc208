// Items and bytes by prefix, counted when somebody asks, by a walk through the store in slices. On
// the stack or in the memory of the command that counts.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "daemon/command/command.h"

namespace arcus::daemon {

struct PrefixCount {
  std::array<std::uint64_t, 5> items{};  // by type
  std::array<std::uint64_t, 5> bytes{};  // keys and values
  Seconds oldest = kSticky;              // when its oldest item was stored

  std::uint64_t all_items() const;
  std::uint64_t all_bytes() const;
  void add(const ItemView& item);
};

class PrefixCounts {
 public:
  using Map = std::map<std::string, PrefixCount, std::less<>>;

  // All of the outermost prefixes, until there are more than so many.
  explicit PrefixCounts(std::size_t most) : most_(most) {}
  // These alone, which may lie in one another.
  explicit PrefixCounts(Map wanted) : counts_(std::move(wanted)), only_wanted_(true) {}

  // Another slice; whether there is more to come.
  bool count_some(Engine& engine, Seconds now);
  bool too_many() const { return !only_wanted_ && counts_.size() > most_; }
  const Map& counts() const { return counts_; }

 private:
  void add(const ItemView& item, char delimiter);

  Map counts_;
  std::size_t most_ = 0;
  bool only_wanted_ = false;
  std::uint64_t cursor_ = 0;
};

}  // namespace arcus::daemon
