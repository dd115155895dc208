#include "daemon/protocol/request.h"

#include <limits>

namespace arcus::daemon {
namespace {

// Verbs whose arguments are keys without end.
bool takes_key_list(std::string_view verb) {
  return verb == "get" || verb == "gets" || verb == "gat" || verb == "gats";
}

RequestLine make_request(std::string_view line) {
  Words words(line);
  RequestLine request;
  request.verb = words.next();
  request.arguments = words.rest();
  return request;
}

}  // namespace

Parsed RequestParser::parse(std::string_view bytes) const {
  if (bytes.empty()) return {};
  const void* newline = std::memchr(bytes.data(), '\n', bytes.size());
  if (newline == nullptr) return bytes.size() < kMaxLine ? Parsed{} : parse_piece(bytes);

  const std::size_t length = static_cast<const char*>(newline) - bytes.data();
  std::string_view line = bytes.substr(0, length);
  if (line.ends_with('\r')) line.remove_suffix(1);
  Parsed parsed{ParseStatus::kRequest, length + 1, {}};
  if (in_key_list_) {
    parsed.request.arguments = line;
    parsed.request.continued = true;
    return parsed;
  }
  parsed.request = make_request(line);
  if (line.size() > kMaxLine && !takes_key_list(parsed.request.verb)) {
    return {ParseStatus::kLineTooLong, 0, {}};
  }
  return parsed;
}

// No end of line in sight: hand out the keys that are certainly whole, if it is a list of keys.
Parsed RequestParser::parse_piece(std::string_view bytes) const {
  const std::size_t blank = bytes.rfind(' ');
  const Parsed too_long{ParseStatus::kLineTooLong, 0, {}};
  if (blank == std::string_view::npos) return too_long;

  Parsed parsed{ParseStatus::kRequest, blank + 1, {}};
  if (in_key_list_) {
    parsed.request.arguments = bytes.substr(0, blank);
    parsed.request.continued = true;
  } else {
    parsed.request = make_request(bytes.substr(0, blank));
    if (!takes_key_list(parsed.request.verb)) return too_long;
    if (Words(parsed.request.arguments).next().empty()) return too_long;
  }
  parsed.request.more = true;
  return parsed;
}

std::optional<std::uint64_t> parse_u64(std::string_view word) {
  constexpr std::size_t kNeverTooLarge = 19;  // so many digits fit
  if (word.empty()) return std::nullopt;
  while (word.size() > kNeverTooLarge && word[0] == '0') word.remove_prefix(1);
  if (word.size() > kNeverTooLarge + 1) return std::nullopt;
  std::uint64_t number = 0;
  std::size_t i = 0;
  for (; i < word.size() && i < kNeverTooLarge; ++i) {
    const unsigned digit = static_cast<unsigned char>(word[i]) - unsigned{'0'};
    if (digit > 9) return std::nullopt;
    number = number * 10 + digit;
  }
  if (i == word.size()) return number;
  const unsigned digit = static_cast<unsigned char>(word[i]) - unsigned{'0'};
  if (digit > 9 || __builtin_mul_overflow(number, std::uint64_t{10}, &number) ||
      __builtin_add_overflow(number, std::uint64_t{digit}, &number)) {
    return std::nullopt;
  }
  return number;
}

std::optional<std::uint32_t> parse_u32(std::string_view word) {
  const auto number = parse_u64(word);
  if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

std::optional<std::int64_t> parse_i64(std::string_view word) {
  const bool negative = word.starts_with('-');
  const auto size = parse_u64(word.substr(negative ? 1 : 0));
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (!size || *size > kMost + (negative ? 1 : 0)) return std::nullopt;
  return static_cast<std::int64_t>(negative ? 0 - *size : *size);
}

}  // namespace arcus::daemon
