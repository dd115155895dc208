#include "daemon/auth/permissions.h"

#include <utility>

#include "core/base/text.h"

namespace arcus::daemon {

Permissions parse_permissions(std::string_view names) {
  constexpr std::pair<std::string_view, Permissions> kNames[] = {
      {"kv", Permission::kKv},       {"list", Permission::kList},   {"set", Permission::kSet},
      {"map", Permission::kMap},     {"btree", Permission::kBtree}, {"attr", Permission::kAttr},
      {"scan", Permission::kScan},   {"flush", Permission::kFlush}, {"admin", Permission::kAdmin},
      {"logall", Permission::kLogAll}};
  Permissions all = Permission::kNone;
  for (const std::string& word : split(names, ',')) {
    for (const auto& [name, permission] : kNames) {
      if (trim(word) == name) all |= permission;
    }
  }
  return all;
}

}  // namespace arcus::daemon
