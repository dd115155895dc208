#include "core/pack/paths.h"

#include <algorithm>

#include "core/base/text.h"

namespace arcus::pack {

std::optional<std::string> clean_path(std::string_view path) {
  if (path.starts_with('/')) return std::nullopt;
  const auto bad = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (std::any_of(path.begin(), path.end(), bad)) return std::nullopt;
  std::string clean;
  for (const auto& part : split(path, '/')) {
    if (part == "..") return std::nullopt;
    if (part.empty() || part == ".") continue;
    clean += (clean.empty() ? "" : "/") + part;
  }
  return clean;
}

bool link_stays_inside(std::string_view path, std::string_view target) {
  if (target.empty() || target.starts_with('/')) return false;
  auto depth = std::count(path.begin(), path.end(), '/');
  bool climbing = true;
  for (const auto& part : split(target, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      climbing = false;
      continue;
    }
    if (!climbing || --depth < 0) return false;
  }
  return true;
}

}  // namespace arcus::pack
