// What ~/.ssh/config (and /etc/ssh/ssh_config) say about one host. We read them ourselves: libssh
// turns ProxyJump into a command that needs the ssh program, knows nothing of our identity and
// host-key rules, and overwrites what was set before. Pure but for reading files; any thread.
//
// Understood: Host, Match (all, host, originalhost, user, localuser; a Match with another
// criterion, such as exec, never applies), Include, and the keywords that HostConfig has. Other
// keywords are ignored. As in ssh, the first value found wins, and IdentityFile adds up.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace arcus::ssh {

struct HostConfig {
  std::string host_name;
  std::string user;
  std::uint16_t port = 0;
  std::string host_key_alias;
  std::string identity_agent;
  std::string proxy_jump;     // "none" when switched off
  std::string proxy_command;  // "none" when switched off
  bool identities_only = false;
  std::vector<std::string> identity_files;      // as written: ~ and % not yet expanded
  std::vector<std::string> user_known_hosts;    // as written
  std::vector<std::string> global_known_hosts;  // as written
  // "ciphers", "macs", "kexalgorithms", "hostkeyalgorithms", "pubkeyacceptedalgorithms"
  std::map<std::string, std::string> algorithms;
};

// `names` are the host's: a pattern that fits one of them fits the host, one behind a '!' keeps it
// out. `user` is the one the operator named, if any (for Match user). An empty `file` is the pair
// of the user's own and the system's, and neither has to exist; a named one does.
Result<HostConfig> read_config(const std::vector<std::string>& names, const std::string& user,
                               const std::string& file);

// ssh's pattern list: "*.lan,!bad?.lan".
bool matches_patterns(const std::vector<std::string>& patterns,
                      const std::vector<std::string>& names);

std::string home_directory();
std::string local_user();

// ~ and %h %n %p %r %u %d %% replaced.
struct Tokens {
  std::string host_name, original_host, user;
  std::uint16_t port = 22;
};
std::string expand(const std::string& text, const Tokens& tokens);

}  // namespace arcus::ssh
