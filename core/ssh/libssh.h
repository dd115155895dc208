// What every file over libssh shares: owning handles, and waiting for a non-blocking session with
// a deadline and a Cancel. Only sources of core/ssh include this. A session, its channels and its
// waits belong to one thread.
#pragma once

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

#include <string>
#include <string_view>

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/base/handle.h"
#include "core/base/result.h"

namespace arcus::ssh {

using SessionHandle = Handle<ssh_session_struct, ssh_free>;
using ChannelHandle = Handle<ssh_channel_struct, ssh_channel_free>;
using KeyHandle = Handle<ssh_key_struct, ssh_key_free>;

// How long, and until whose word, something is waited for.
struct Wait {
  Deadline deadline;
  const Cancel* cancel = nullptr;  // none: nobody can cut it short
};

// Once a process, before any session.
void init_library();

// libssh's last words about this session, without its control characters.
std::string last_error(ssh_session session);

// Until `fd` is ready for `events`: kTimeout or kCancelled otherwise.
Status wait_for_fd(int fd, short events, const Wait& wait);
// Until the session's socket can make progress.
Status wait_for_session(ssh_session session, const Wait& wait);

// Repeats a call that answers SSH_AGAIN (or the equal SSH_AUTH_AGAIN, told by `again`) until it
// has an answer.
template <typename Call>
Result<int> finish(ssh_session session, const Wait& wait, int again, Call call) {
  for (;;) {
    const int answer = call();
    if (answer != again) return answer;
    if (Status ready = wait_for_session(session, wait); !ready) return ready.error();
  }
}

}  // namespace arcus::ssh
