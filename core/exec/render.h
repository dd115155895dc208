// Turns a Script into the text that /bin/sh reads: the one place where values meet a shell.
#pragma once

#include <string>

#include "core/plan/script.h"

namespace arcus::exec {

std::string render(const plan::Script& script);

}  // namespace arcus::exec
