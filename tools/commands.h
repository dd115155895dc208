// THE table of commands: every verb is one line of it. Parsing, help, completion and the checks of
// the man pages read it.
#pragma once

#include <span>
#include <string_view>

#include "core/base/result.h"

namespace arcus::tools {

class Session;

enum class Argument { kNone, kFile, kService };
// Options that only some commands have; bits.
enum Option : unsigned {
  kNoOption = 0,
  kNode = 1,
  kPackage = 2,
  kForce = 4,
  kWrite = 8,
  kRolling = 16,
  kLog = 32
};

struct Command {
  std::string_view group;  // empty: a top-level verb
  std::string_view name;
  Argument argument;
  unsigned options;
  std::string_view summary;
  // Does it; the exit status. Errors are for the command as a whole, what failed on single hosts is
  // in the session's report.
  Result<int> (*run)(Session&);
};

struct Group {
  std::string_view name;
  std::string_view summary;
  std::string_view example;
};

std::span<const Command> commands();
std::span<const Group> groups();

}  // namespace arcus::tools
