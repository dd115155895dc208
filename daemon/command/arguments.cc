#include "daemon/command/command.h"

namespace arcus::daemon {

Arguments::Arguments(std::string_view text) {
  Words source(text);
  for (std::string_view word = source.next(); !word.empty(); word = source.next()) {
    if (count == kMost) {
      ++count;
      return;
    }
    words[count++] = word;
  }
  noreply = count > 0 && words[count - 1] == "noreply";
}

Seconds expiry_of(std::int64_t exptime, Seconds now) {
  constexpr std::int64_t kRelativeMost = 60 * 60 * 24 * 30;
  if (exptime == 0) return kNever;
  if (exptime == -1) return kSticky;
  if (exptime < 0) return kAlreadyExpired;
  const std::int64_t at = exptime <= kRelativeMost ? now + exptime : exptime;
  // After the last second that can be told, no item is old enough to see it.
  return at < kSticky ? static_cast<Seconds>(at) : kNever;
}

}  // namespace arcus::daemon
