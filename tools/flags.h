// The options of the command line: those that every command takes, and the few of single commands.
// Filled by parse() in command_line.cc. Passive data.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/cluster/settings.h"

namespace arcus::tools {

struct Flags {
  std::string config;
  bool json = false;
  bool dry_run = false;
  bool yes = false;
  bool verbose = false;
  bool quiet = false;
  bool color = true;
  int jobs = 64;
  std::chrono::seconds timeout{60};
  cluster::SettingsOverrides overrides;  // -z and the options for SSH

  // Arguments and options of single commands.
  std::string file;                // <conf_file>
  std::string service;             // <service_code>
  std::string package;             // deploy --package
  std::vector<std::string> nodes;  // start, stop, restart, logs: --node
  bool force = false;              // unregister
  bool write = false;              // ping
  unsigned width = 1;              // restart
  bool canary = false;             // restart
  unsigned lines = 20;             // logs
  bool follow = false;             // logs
};

}  // namespace arcus::tools
