// Requests as bytes: a parser that finds one command line in what has arrived and cuts it into a
// verb and its arguments. Knows no socket and no store; what a verb means is the command table's.
//
// A RequestParser belongs to one connection; what it returns points into the bytes it was given.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace arcus::daemon {

inline constexpr std::size_t kMaxKey = 16000;
// A line fits the longest key and every other argument a command may have.
inline constexpr std::size_t kMaxLine = kMaxKey + 2048;

// Whole-word numbers; nothing when anything else is in the word or it does not fit.
std::optional<std::uint32_t> parse_u32(std::string_view word);
std::optional<std::uint64_t> parse_u64(std::string_view word);
std::optional<std::int64_t> parse_i64(std::string_view word);

// The words of a line, separated by blanks, one after another.
class Words {
 public:
  explicit Words(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  // The next word, or an empty view at the end.
  std::string_view next() {
    skip_blanks();
    const char* const begin = at_;
    at_ = end_of_word(at_, end_);
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }
  std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }

  // Whether the next word is such a number, just as parse_u64() and so on would have it, but read
  // once; `number` says which.
  bool next(std::uint64_t& number) {
    skip_blanks();
    return digits(number);
  }
  bool next(std::uint32_t& number) {
    std::uint64_t wide = 0;
    if (!next(wide) || wide > UINT32_MAX) return false;
    number = static_cast<std::uint32_t>(wide);
    return true;
  }
  bool next(std::int64_t& number) {
    skip_blanks();
    if (at_ != end_ && *at_ == '-') [[unlikely]] return negative(number);
    std::uint64_t size = 0;
    if (!digits(size) || size > INT64_MAX) return false;
    number = static_cast<std::int64_t>(size);
    return true;
  }

  // Eight bytes at a time: memchr's call costs more than most words take.
  static const char* end_of_word(const char* at, const char* end) {
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    if constexpr (std::endian::native == std::endian::little) {
      for (; end - at >= 8; at += 8) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, at, 8);
        bytes ^= kOnes * ' ';
        // The highest bit of every byte that is zero, and perhaps of others after the first of
        // them.
        const std::uint64_t blanks = (bytes - kOnes) & ~bytes & (kOnes << 7);
        if (blanks != 0) return at + std::countr_zero(blanks) / 8;
      }
    }
    while (at != end && *at != ' ') ++at;
    return at;
  }

 private:
  bool digits(std::uint64_t& number) {
    constexpr std::ptrdiff_t kNeverTooLarge = 19;  // so many fit
    std::uint64_t value = 0;
    const char* at = at_;
    for (; at != end_; ++at) {
      const unsigned digit = static_cast<unsigned char>(*at) - unsigned{'0'};
      if (digit > 9) break;
      value = value * 10 + digit;
    }
    const bool whole = at == end_ || *at == ' ';
    if (!whole || at == at_ || at - at_ > kNeverTooLarge) [[unlikely]] return rare(number);
    at_ = at;
    number = value;
    return true;
  }
  // No number, or a long one.
  bool rare(std::uint64_t& number);
  bool negative(std::int64_t& number);
  void skip_blanks() {
    while (at_ != end_ && *at_ == ' ') ++at_;
  }

  const char* at_;
  const char* end_;
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
  std::size_t consumed = 0;  // 0 unless it is a request
  RequestLine request;
};

class RequestParser {
 public:
  // The first request of `bytes`. As often as one likes: nothing changes until a request is taken.
  Parsed parse(std::string_view bytes) const {
    Parsed parsed;
    parsed.status = parse(bytes, parsed.request, parsed.consumed);
    return parsed;
  }
  // The same, into a request that is as new.
  ParseStatus parse(std::string_view bytes, RequestLine& request, std::size_t& consumed) const;
  // That request is being carried out: what is parsed from now on follows it.
  void take(const RequestLine& request) { in_key_list_ = request.more; }

 private:
  ParseStatus parse_piece(std::string_view bytes, RequestLine& request,
                          std::size_t& consumed) const;

  bool in_key_list_ = false;
};

}  // namespace arcus::daemon
