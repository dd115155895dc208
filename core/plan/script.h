// The shell scripts that run on hosts (core/plan/scripts/*.sh, compiled in) and the values they are
// given. A script never has a value pasted into it: values are assigned to shell variables, quoted
// by exec when the script is rendered.
//
// How a script answers: lines "@name value" on standard output are facts; exit status 0 means done,
// kUnchanged that there was nothing to do, anything else failure, with the reason on standard
// error. Each script can be run again safely.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arcus::plan {

inline constexpr int kExitUnchanged = 10;

struct Script {
  std::string name;  // a file of core/plan/scripts, without ".sh"
  std::vector<std::pair<std::string, std::string>> values;  // NAME, value
};

// The text of a script, with the functions that all share before it. An unknown name is a defect
// and yields an empty text.
std::string script_text(std::string_view name);

}  // namespace arcus::plan
