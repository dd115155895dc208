// Retrieval: what get shares with other commands that answer with the values of many keys.
#pragma once

#include <string_view>

#include "daemon/command/command.h"

namespace arcus::daemon {

// Answers keys, separated by blanks, until the reply is full; those that are left then, or a view
// of nothing (its data() is null). All of them must fit.
std::string_view answer_keys(Call& call, bool with_cas, std::string_view keys);

}  // namespace arcus::daemon
