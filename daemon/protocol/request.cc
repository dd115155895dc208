#include "daemon/protocol/request.h"

#include <limits>

namespace arcus::daemon {
namespace {

// Verbs whose arguments are keys without end.
bool takes_key_list(std::string_view verb) {
  return verb == "get" || verb == "gets" || verb == "gat" || verb == "gats";
}

void cut_line(std::string_view line, RequestLine& request) {
  const char* at = line.data();
  const char* const end = at + line.size();
  while (at != end && *at == ' ') ++at;
  const char* const verb = at;
  at = Words::end_of_word(at, end);
  request.verb = {verb, static_cast<std::size_t>(at - verb)};
  request.arguments = {at, static_cast<std::size_t>(end - at)};
}

}  // namespace

ParseStatus RequestParser::parse(std::string_view bytes, RequestLine& request,
                                 std::size_t& consumed) const {
  if (bytes.empty()) return ParseStatus::kNeedMore;
  const void* newline = std::memchr(bytes.data(), '\n', bytes.size());
  if (newline == nullptr) {
    if (bytes.size() < kMaxLine) return ParseStatus::kNeedMore;
    return parse_piece(bytes, request, consumed);
  }
  const std::size_t length = static_cast<const char*>(newline) - bytes.data();
  std::string_view line = bytes.substr(0, length);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (in_key_list_) {
    request.arguments = line;
    request.continued = true;
  } else {
    cut_line(line, request);
    if (line.size() > kMaxLine && !takes_key_list(request.verb)) return ParseStatus::kLineTooLong;
  }
  consumed = length + 1;
  return ParseStatus::kRequest;
}

// No end of line in sight: hand out the keys that are certainly whole, if it is a list of keys.
ParseStatus RequestParser::parse_piece(std::string_view bytes, RequestLine& request,
                                       std::size_t& consumed) const {
  const std::size_t blank = bytes.rfind(' ');
  if (blank == std::string_view::npos) return ParseStatus::kLineTooLong;
  if (in_key_list_) {
    request.arguments = bytes.substr(0, blank);
    request.continued = true;
  } else {
    cut_line(bytes.substr(0, blank), request);
    if (!takes_key_list(request.verb)) return ParseStatus::kLineTooLong;
    if (Words(request.arguments).next().empty()) return ParseStatus::kLineTooLong;
  }
  request.more = true;
  consumed = blank + 1;
  return ParseStatus::kRequest;
}

bool Words::rare(std::uint64_t& number) {
  const auto parsed = parse_u64(next());
  if (parsed) number = *parsed;
  return parsed.has_value();
}

bool Words::negative(std::int64_t& number) {
  const auto parsed = parse_i64(next());
  if (parsed) number = *parsed;
  return parsed.has_value();
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
