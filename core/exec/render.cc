#include "core/exec/render.h"

#include "core/ssh/quote.h"

namespace arcus::exec {

std::string render(const plan::Script& script) {
  std::string text;
  for (const auto& [name, value] : script.values) text += name + "=" + ssh::quote(value) + "\n";
  return text + plan::script_text(script.name);
}

}  // namespace arcus::exec
