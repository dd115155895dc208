// What `stats detail` counts: for each prefix how often every operation was asked of its keys. Costs
// nothing while it is off (attention.h). Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace arcus::daemon {

enum class Operation {
#define DETAIL(operation, count, hits) operation,
#include "daemon/command/detail.def"
#undef DETAIL
};

class PrefixDetail {
 public:
  static constexpr std::size_t kMostPrefixes = 10'000;

  // False: it is a new prefix, and there are too many.
  bool record(std::string_view prefix, Operation operation, bool hit);
  // One line each.
  std::string line(std::string_view prefix) const;  // empty: nothing is known of it
  std::string all_lines() const;
  std::size_t prefixes() const;
  // Whether there was anything to forget.
  bool forget(std::string_view prefix);
  void clear();

 private:
  struct Counts {
    std::uint64_t asked = 0;
    std::uint64_t hits = 0;
  };
  static constexpr std::size_t kOperations = static_cast<std::size_t>(Operation::kSetAttr) + 1;
  using Table = std::array<Counts, kOperations>;

  static std::string line_of(std::string_view prefix, const Table& counts);

  mutable std::mutex mutex_;
  std::map<std::string, Table, std::less<>> prefixes_;
};

}  // namespace arcus::daemon
