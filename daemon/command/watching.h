// The parts of cmdlog that have files of their own.
#pragma once

#include "daemon/command/session.h"

namespace arcus::daemon {

// add, remove, list and what follows.
Progress filter_command_log(Call& call, Words words);

}  // namespace arcus::daemon
