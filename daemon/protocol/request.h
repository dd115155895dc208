// Requests as bytes: a parser that finds one command line in what has arrived and cuts it into a
// verb and its arguments. Knows no socket and no store; what a verb means is the command table's.
//
// A RequestParser belongs to one connection; its views point into the bytes it was given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace arcus::daemon {

inline constexpr std::size_t kMaxKey = 16000;
// A line fits the longest key and every other argument a command may have.
inline constexpr std::size_t kMaxLine = kMaxKey + 2048;

// The words of a line, separated by blanks, one after another.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {}

  // The next word, or an empty view at the end.
  std::string_view next();
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

struct RequestLine {
  std::string_view verb;
  std::string_view arguments;
  // A list of keys may be longer than any buffer: it then comes in pieces, all but the first
  // `continued` (and without a verb), all but the last with `more` to come.
  bool continued = false;
  bool more = false;
};

enum class ParseStatus {
  kRequest,
  kNeedMore,     // no whole line yet; nothing is consumed
  kLineTooLong,  // hopeless: the connection should be closed
};

struct Parsed {
  ParseStatus status = ParseStatus::kNeedMore;
  std::size_t consumed = 0;
  RequestLine request;
};

class RequestParser {
 public:
  Parsed parse(std::string_view bytes);

 private:
  Parsed parse_piece(std::string_view bytes);

  bool in_key_list_ = false;
};

// Whole-word numbers; nothing when anything else is in the word or it does not fit.
std::optional<std::uint32_t> parse_u32(std::string_view word);
std::optional<std::uint64_t> parse_u64(std::string_view word);
std::optional<std::int64_t> parse_i64(std::string_view word);

}  // namespace arcus::daemon
