// Tells libsasl2 the secrets of a UserTable's users: what it calls an auxprop plugin, here inside
// the program. The library calls it from whatever thread takes a client's step.
#pragma once

#include "daemon/auth/sasl_library.h"
#include "daemon/auth/users.h"

namespace arcus::daemon {

// By this name it is chosen ("auxprop_plugin").
inline constexpr const char* kUserPlugin = "arcus";

// The table must live as long as the process logs anybody in. Once.
Status add_user_plugin(const SaslLibrary& sasl, const UserTable& users);

}  // namespace arcus::daemon
