// What `arcus-supervise` can be asked for. Each prints its answer as lines of JSON on `out` and
// returns the exit status. Called from main, once a process: `start` forks the supervisor.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "daemon/supervisor/records.h"

namespace arcus::daemon {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;
inline constexpr int kPortTaken = 3;

// Returns in the caller; the supervisor it makes ends inside. `want`: kUp or kOnce.
int verb_start(const std::string& dir, const Spec& spec, Want want, std::ostream& out);

// After the host's boot: starts what is wanted up of the clouds that have a file in DIR/boot.
int verb_boot(const std::string& dir, std::ostream& out);

// Tells a running node's supervisor to leave everything as it is (kPaused), or to go on (kUp).
int verb_pause(const std::string& dir, const std::string& node, Want want, std::ostream& out);

int verb_wait(const std::string& dir, const std::string& node, std::chrono::milliseconds timeout,
              std::ostream& out);

int verb_stop(const std::string& dir, const std::string& node,
              std::optional<std::chrono::milliseconds> grace, std::ostream& out);

// No nodes named: all that the directory knows.
int verb_status(const std::string& dir, std::vector<std::string> nodes,
                std::optional<std::size_t> log_lines, std::ostream& out);

int verb_find(const std::vector<std::uint16_t>& ports, std::ostream& out);

struct EndRequest {
  std::uint16_t port = 0;
  ProcessId process;
  std::chrono::milliseconds grace{10'000};
};
int verb_end(const EndRequest& request, std::ostream& out);

}  // namespace arcus::daemon
