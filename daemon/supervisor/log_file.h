// The log that an engine and its supervisor append to: kept below a size, read from its end.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace arcus::daemon {

Result<UniqueFd> open_log(const std::string& path);

// When the log is longer than `limit`, copies it to "<path>.1" and empties it. The file stays the
// same one, because the engine keeps its descriptor. It is emptied even if the copy fails: a full
// disk is no reason to fill it further; the error says so.
Status cap_log(const UniqueFd& log, const std::string& path, std::uint64_t limit);

// Its last lines, looking at no more than its last 64 KiB.
std::vector<std::string> last_lines(const std::string& path, std::size_t count);

}  // namespace arcus::daemon
