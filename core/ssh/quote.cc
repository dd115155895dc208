#include "core/ssh/quote.h"

namespace arcus::ssh {

std::string quote(std::string_view text) {
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else if (c != '\0') {
      word += c;
    }
  }
  return word + "'";
}

}  // namespace arcus::ssh
