// What the engine does to its own process before it serves: limits, user, background, files that
// tell others about it. Main's thread, before any other is started.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "daemon/config.h"

namespace arcus::daemon {

// Descriptors for that many connections and what else is open; the most connections that the
// process could be given later.
Result<unsigned> raise_descriptor_limit(const Config& config);
Status allow_core_dumps();
Status lock_memory();
// Does nothing unless the process is root's and a user was named.
Status become_user(const std::string& user);
// Changing the user forbids core files until this allows them again (after allow_core_dumps).
void keep_dumpable();
// Returns in the child; the parent exits.
Status go_to_background();
Status write_pid_file(const std::string& path);

}  // namespace arcus::daemon
