// Which paths and links may be in a package: those that can't lead out of the directory it is
// unpacked in. Inside this folder only; pure, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace arcus::pack {

// "./a//b/" as "a/b"; nothing for an absolute path, one with "..", or one that can't be shown.
// The top itself is "".
std::optional<std::string> clean_path(std::string_view path);

// Whether a link at `path` (a clean one) that points to `target` stays below the top. Judged by
// the text alone, so ".." may only come first: after another link it could lead anywhere.
bool link_stays_inside(std::string_view path, std::string_view target);

}  // namespace arcus::pack
