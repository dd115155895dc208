// What libsasl2 asks of the program that uses it: where its plugins and its configuration are, the
// options that nobody has set, what goes into the log, and locks.
#pragma once

#include "daemon/auth/sasl_library.h"

namespace arcus::daemon {

// Once for the process. `own_users`: they come from the user plugin, not from the local database.
Status set_up_sasl(const SaslLibrary& sasl, bool own_users, bool verbose);

}  // namespace arcus::daemon
