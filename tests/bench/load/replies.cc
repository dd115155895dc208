#include "tests/bench/load/replies.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

namespace arcus::bench {
namespace {

constexpr std::size_t kLongestLine = 1 << 16;

constexpr std::array<std::pair<std::string_view, Reply>, 13> kLines = {{
    {"END", Reply::kEnd},
    {"STORED", Reply::kDone},
    {"EN", Reply::kEnd},
    {"HD", Reply::kDone},
    {"MN", Reply::kEnd},
    {"DELETED", Reply::kDone},
    {"NOT_STORED", Reply::kNotDone},
    {"EXISTS", Reply::kNotDone},
    {"NOT_FOUND", Reply::kNotDone},
    {"NS", Reply::kNotDone},
    {"EX", Reply::kNotDone},
    {"NF", Reply::kNotDone},
    {"ERROR", Reply::kError},
}};

// Cuts the first word off.
std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

bool read_size(std::string_view word, std::size_t& size) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), size);
  return error == std::errc() && end == word.data() + word.size();
}

}  // namespace

ReplyEvent ReplyParser::next(std::string_view& bytes) {
  if (expect_ == Expect::kMadeUpEnd) {
    expect_ = Expect::kLine;
    return {Reply::kEnd, {}, 0};
  }
  if (expect_ == Expect::kData && left_ > 0) {
    const std::string_view piece = bytes.substr(0, left_);
    if (piece.empty()) return {};
    bytes.remove_prefix(piece.size());
    left_ -= piece.size();
    return {Reply::kData, piece, 0};
  }
  if (expect_ != Expect::kLine) {
    if (bytes.size() < 2) return {};
    if (!bytes.starts_with("\r\n")) return {Reply::kNonsense, bytes.substr(0, 2), 0};
    bytes.remove_prefix(2);
    expect_ = value_is_reply_ ? Expect::kMadeUpEnd : Expect::kLine;
    return {Reply::kValueEnd, {}, 0};
  }
  if (bytes.empty()) return {};
  const void* newline = std::memchr(bytes.data(), '\n', bytes.size());
  if (newline == nullptr) {
    return bytes.size() > kLongestLine ? ReplyEvent{Reply::kNonsense, bytes, 0} : ReplyEvent{};
  }
  const std::size_t length = static_cast<const char*>(newline) - bytes.data();
  const std::string_view text = bytes.substr(0, length);
  bytes.remove_prefix(length + 1);
  if (!text.ends_with('\r')) return {Reply::kNonsense, text, 0};
  return line(text.substr(0, length - 1));
}

ReplyEvent ReplyParser::line(std::string_view text) {
  std::string_view rest = text;
  const std::string_view word = take_word(rest);
  if (word == "VALUE") return value_line(text, false);
  if (word == "VA") return value_line(text, true);
  for (const auto& [name, reply] : kLines) {
    if (word == name) return {reply, text, 0};
  }
  if (word == "CLIENT_ERROR" || word == "SERVER_ERROR") return {Reply::kError, text, 0};
  return {Reply::kNonsense, text, 0};
}

// "VALUE key flags size [cas]" or "VA size flag* ", where the flag k carries the key.
ReplyEvent ReplyParser::value_line(std::string_view text, bool meta) {
  std::string_view rest = text;
  take_word(rest);
  ReplyEvent event{Reply::kValue, {}, 0};
  if (!meta) {
    event.text = take_word(rest);
    take_word(rest);
  }
  if (!read_size(take_word(rest), event.size)) return {Reply::kNonsense, text, 0};
  while (meta && !rest.empty()) {
    const std::string_view flag = take_word(rest);
    if (flag.starts_with('k')) event.text = flag.substr(1);
  }
  expect_ = Expect::kData;
  left_ = event.size;
  return event;
}

}  // namespace arcus::bench
