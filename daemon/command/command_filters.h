// Filters of the command log: while there are any, only what one of them wants is logged. Owned by
// the log; any thread.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace arcus::daemon {

// What one wants: a command, keys of a pattern, or that command with such keys.
struct CommandFilter {
  std::string command;  // "get", "bop insert"; "bop": all of them; empty: any
  std::string key;      // a pattern (pattern.h), but of any such length; empty: any, or none
};

class CommandFilters {
 public:
  static constexpr std::size_t kMost = 10;
  static constexpr std::size_t kMostKey = 1000;

  // False: there are as many as there may be.
  bool add(CommandFilter filter);
  // By its place in the list; false: there is none.
  bool remove(std::size_t index);
  void clear();
  std::string list_text() const;

  // Whether the line of a request is wanted.
  bool want(std::string_view line) const;

 private:
  mutable std::mutex mutex_;
  std::vector<CommandFilter> filters_;
};

}  // namespace arcus::daemon
