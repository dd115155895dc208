// Listening sockets, made from the configuration before any thread runs. Owned by the Server.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "daemon/config.h"

namespace arcus::daemon {

struct Listener {
  UniqueFd fd;
  bool tcp = true;
  bool v6 = false;
  std::uint16_t port = 0;  // 0 for a UNIX socket
};

// Every address that was asked for, or an error that names the one that could not be had. Without
// an address: all, where IPv6 may be missing.
Result<std::vector<Listener>> open_listeners(const Config& config);

}  // namespace arcus::daemon
