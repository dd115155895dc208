#include "daemon/protocol/request.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace arcus::daemon {
namespace {

template <typename Number>
std::optional<Number> parse_whole(std::string_view word) {
  Number value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

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

std::string_view Words::next() {
  const std::size_t begin = rest_.find_first_not_of(' ');
  if (begin == std::string_view::npos) {
    rest_ = {};
    return {};
  }
  const std::size_t end = std::min(rest_.find(' ', begin), rest_.size());
  const std::string_view word = rest_.substr(begin, end - begin);
  rest_.remove_prefix(end);
  return word;
}

Parsed RequestParser::parse(std::string_view bytes) {
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
    in_key_list_ = false;
  } else {
    parsed.request = make_request(line);
    const std::size_t limit = kMaxLine;
    if (line.size() > limit && !takes_key_list(parsed.request.verb)) {
      return {ParseStatus::kLineTooLong, 0, {}};
    }
  }
  return parsed;
}

// No end of line in sight: hand out the keys that are certainly whole, if it is a list of keys.
Parsed RequestParser::parse_piece(std::string_view bytes) {
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
  in_key_list_ = true;
  return parsed;
}

std::optional<std::uint32_t> parse_u32(std::string_view word) {
  return parse_whole<std::uint32_t>(word);
}
std::optional<std::uint64_t> parse_u64(std::string_view word) {
  return parse_whole<std::uint64_t>(word);
}
std::optional<std::int64_t> parse_i64(std::string_view word) {
  return parse_whole<std::int64_t>(word);
}

}  // namespace arcus::daemon
