// Sends what a reply holds, with one system call where the socket takes it. The worker's thread.
#pragma once

#include "daemon/command/engine.h"
#include "daemon/protocol/reply.h"

namespace arcus::daemon {

enum class Sent {
  kAll,
  kSome,  // the socket takes no more now; what is left is in the reply
  kFailed,
};

// Adds to `written` what the socket took.
Sent send_reply(int fd, Reply& reply, Counter& written);

}  // namespace arcus::daemon
