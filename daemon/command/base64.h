// Base64 as RFC 4648 has it, with its padding. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace arcus::daemon {

std::string to_base64(std::string_view bytes);
// Nothing when it is not base64, or says nothing.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace arcus::daemon
