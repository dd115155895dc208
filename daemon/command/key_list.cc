#include "daemon/command/key_list.h"

#include <algorithm>

namespace arcus::daemon {

bool is_key_list(std::string_view text, std::size_t count, char separator) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t size = std::min(text.find(separator), text.size());
    if (size == 0 || size > kMaxKey) return false;
    const bool last = size == text.size();
    if (last != (i + 1 == count)) return false;
    text.remove_prefix(last ? size : size + 1);
  }
  return text.empty();
}

}  // namespace arcus::daemon
