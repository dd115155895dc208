// Small text functions that everything shares. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arcus {

std::string_view trim(std::string_view text);
// "a,b,,c" -> {"a","b","","c"}; an empty text has one empty part.
std::vector<std::string> split(std::string_view text, char separator);
// Lines without their end; a last line without one counts, an empty rest does not.
std::vector<std::string> lines(std::string_view text);
std::string join(const std::vector<std::string>& parts, std::string_view separator);

// The whole text as a decimal number: no sign, no blanks, no overflow; else nothing.
std::optional<std::uint64_t> parse_number(std::string_view text);

// "host:port", "[v6]:port"; nothing unless the port is 1..65535.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;
  bool operator==(const HostPort&) const = default;
};
std::optional<HostPort> parse_host_port(std::string_view text);
std::string format_host_port(const HostPort& address);

// Of `words`, those a person may have meant by `word` (small Damerau-Levenshtein distance, or a
// common beginning), best first.
std::vector<std::string> near_words(std::string_view word, const std::vector<std::string>& words);

std::string format_bytes(std::uint64_t bytes);  // "812 B", "2.9 MiB"
// "YYYY-MM-DD HH:MM:SS.ffffff" in local time: how Arcus writes "created" and "modified".
std::string format_local_time(std::int64_t microseconds_since_epoch);
// Printable: control characters (a hostile banner, a log line's escape codes) become '?'.
std::string printable(std::string_view text);

}  // namespace arcus
