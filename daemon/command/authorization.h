// Authorization: may this client ask for that? Looked at only where clients must log in
// (attention.h). What the log is told of it begins with SECURITY_EVENT.
#pragma once

#include <string_view>

#include "daemon/command/session.h"

namespace arcus::daemon {

// Whether the request may be carried out; the log hears of those who must not.
bool may_carry_out(Call& call, const Request& request);
// The answer when it must not. The value that follows the line is passed over.
Progress refuse(Call& call, const Request& request);

// "SECURITY_EVENT client=10.0.0.1 user=name <what>"
void log_security(Call& call, std::string_view user, std::string_view what);

}  // namespace arcus::daemon
