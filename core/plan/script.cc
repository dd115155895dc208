#include "core/plan/script.h"

#include "core/plan/scripts.inc"  // kScripts: {name, text} of every file in scripts/

namespace arcus::plan {
namespace {

std::string_view find(std::string_view name) {
  for (const auto& [script, text] : kScripts) {
    if (script == name) return text;
  }
  return {};
}

}  // namespace

std::string script_text(std::string_view name) {
  const auto body = find(name);
  if (body.empty()) return {};
  return std::string(find("common")) + std::string(body);
}

}  // namespace arcus::plan
