#include "core/base/log.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>

#include "core/base/text.h"

namespace arcus::log {
namespace {

std::atomic<Level> current_level = Level::kWarning;
std::atomic<int> descriptor = STDERR_FILENO;
std::atomic<bool> timestamps = false;

std::string_view label(Level level) {
  switch (level) {
    case Level::kError: return "error: ";
    case Level::kWarning: return "warning: ";
    case Level::kInfo: return "";
    case Level::kDebug: return "debug: ";
  }
  return "";
}

std::string timestamp() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  std::string text = format_local_time(micros);
  text.resize(text.size() - 3);  // milliseconds are enough in a log
  return text + " ";
}

}  // namespace

void set_level(Level level) { current_level = level; }
Level level() { return current_level; }
void set_descriptor(int fd) { descriptor = fd; }
void set_timestamps(bool on) { timestamps = on; }

void write(Level level, std::string_view line) {
  if (level > current_level) return;
  std::string text = timestamps ? timestamp() : "";
  text += label(level);
  text += printable(line);
  text += '\n';
  // Nothing useful can be done when the log itself cannot be written.
  [[maybe_unused]] const auto written = ::write(descriptor, text.data(), text.size());
}

}  // namespace arcus::log
