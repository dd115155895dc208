// The known_hosts files: is the host that answers the one we know? Any thread; writers take turns.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/ssh/libssh.h"
#include "core/ssh/target.h"

namespace arcus::ssh {

struct KnownHosts {
  std::string write_file;               // where a new host is recorded
  std::vector<std::string> read_files;  // write_file among them; missing ones are empty
};

// "name" or "[name]:port", as known_hosts lines begin.
std::string known_hosts_name(const std::string& name, std::uint16_t port);

// Checks the key the connected session was shown under the rule of `host_keys`, and records it
// when the rule says so. kHostKey says what differs, where, and what to do.
Status check_host_key(ssh_session session, const std::string& name, const KnownHosts& files,
                      HostKeys rule, bool record);

}  // namespace arcus::ssh
