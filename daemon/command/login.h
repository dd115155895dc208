// Login: who a connection is, where clients must say so. It belongs to the connection's session,
// and is not there while nobody asks who clients are, or on connections that were there before
// somebody did: those may do everything.
#pragma once

#include <memory>
#include <string>

#include "daemon/auth/exchange.h"
#include "daemon/auth/permissions.h"
#include "daemon/store/types.h"

namespace arcus::daemon {

struct Login {
  std::string user;  // empty: nobody yet
  Permissions permissions = Permission::kNone;
  std::unique_ptr<Exchange> exchange;  // while the client is about to prove it
  Seconds refused_at = 0;              // when the log was last told of a request that was refused
};

}  // namespace arcus::daemon
