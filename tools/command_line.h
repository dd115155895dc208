// argv -> a command of the table and its flags. Knows CLI11; nothing else does.
#pragma once

#include <string>

#include "tools/commands.h"
#include "tools/flags.h"

namespace arcus::tools {

struct CommandLine {
  const Command* command = nullptr;  // nullptr: exit at once with exit_status
  Flags flags;
  int exit_status = 0;
  std::string out;  // help or version, for standard output
  std::string err;  // what is wrong, for standard error
};

CommandLine parse_command_line(int argc, const char* const* argv);

}  // namespace arcus::tools
