// Being let in: which keys are tried in which order. No passwords: nobody sits at 300 prompts.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/ssh/libssh.h"

namespace arcus::ssh {

struct Credentials {
  std::string user;
  std::string identity;  // the operator's own choice, tried first; may be empty
  std::vector<std::string>
      identity_files;  // named by the configuration; missing ones are passed over
  std::vector<std::string> default_files;  // after the agent, whose keys may use up the attempts
  bool agent = true;                       // there is one to ask
  bool identities_only = false;            // ask the agent only for a key that needs its passphrase
};

// kAuth names the user, what was tried and what the server would take.
Status log_in(ssh_session session, const Credentials& credentials, const Wait& wait);

}  // namespace arcus::ssh
