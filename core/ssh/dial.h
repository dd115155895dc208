// A TCP connection to a name or address, bounded by a deadline as a whole: resolving too, which
// the C library can't do without blocking. Any thread.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/ssh/libssh.h"

namespace arcus::ssh {

// A connected, non-blocking socket with TCP_NODELAY. kUnreachable says whether the name doesn't
// resolve or why no address let us in; kTimeout and kCancelled as usual.
Result<UniqueFd> dial(const std::string& host, std::uint16_t port, const Wait& wait);

}  // namespace arcus::ssh
