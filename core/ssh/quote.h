// The one function that makes a value safe inside a POSIX shell script. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace arcus::ssh {

// One shell word that stands for exactly `text`: 'it'\''s'. NUL can't be in a word and is dropped.
std::string quote(std::string_view text);

}  // namespace arcus::ssh
