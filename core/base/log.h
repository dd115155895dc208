// The diagnostic log: lines on standard error (or the file a daemon chose), by level. Reports of
// what a command did are not log lines; those belong to core/report. Safe from any thread; a line
// is written with one write(2), so lines of several threads or processes don't mix.
#pragma once

#include <string_view>

namespace arcus::log {

enum class Level { kError, kWarning, kInfo, kDebug };

void set_level(Level level);  // default kWarning
Level level();
// Where lines go; the descriptor must stay open. Default: 2.
void set_descriptor(int fd);
// "2026-11-24 14:03:07.123 " before each line, for daemons. Default: off.
void set_timestamps(bool on);

void write(Level level, std::string_view line);
inline void error(std::string_view line) { write(Level::kError, line); }
inline void warning(std::string_view line) { write(Level::kWarning, line); }
inline void info(std::string_view line) { write(Level::kInfo, line); }
inline void debug(std::string_view line) { write(Level::kDebug, line); }

}  // namespace arcus::log
