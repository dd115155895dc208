// Times as Arcus writes them: in local time, without anything between the numbers. Any thread.
#pragma once

#include <array>
#include <ctime>
#include <string>

namespace arcus::daemon {

inline std::string local_time(std::time_t time, const char* format) {
  std::tm parts{};
  localtime_r(&time, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), format, &parts);
  return text.data();
}

// "20121105152422"
inline std::string compact_time(std::time_t time) {
  return local_time(time, "%Y%m%d%H%M%S");
}

}  // namespace arcus::daemon
