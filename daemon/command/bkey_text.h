// Bkeys and eflags as clients write and read them: a number, or 0x and two hexadecimal digits a
// byte, of which capital ones are written.
#pragma once

#include <optional>
#include <string_view>

#include "daemon/collection/bkey.h"
#include "daemon/command/line.h"

namespace arcus::daemon {

std::optional<Bkey> parse_bkey(std::string_view word);
// Only the second form, 1 to 31 bytes.
std::optional<Bkey> parse_hexadecimal(std::string_view word);

void add_hexadecimal(Line& line, std::string_view bytes);
void add_bkey(Line& line, const TreeKey& key);

}  // namespace arcus::daemon
