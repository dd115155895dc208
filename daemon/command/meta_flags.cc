#include "daemon/command/meta_flags.h"

#include "daemon/command/base64.h"

namespace arcus::daemon {
namespace {

constexpr std::string_view kBadToken = "CLIENT_ERROR bad token in command line format\r\n";
// Those of any meta command; each passes over what it has no use for, as memcached does.
constexpr std::string_view kKnown = "bcfhklqstuvxBCDEFIJLMNOPRT";

}  // namespace

MetaRequest::MetaRequest(const Store& store, const Request& request, std::size_t numbers,
                         Seconds now) {
  Words words(request.arguments);
  key_word_ = words.next();
  if (key_word_.empty()) return;
  words_ = 1;
  key_too_long_ = key_word_.size() > kMaxKey;
  if (key_too_long_) return;
  for (; numbers > 0; --numbers, ++words_) {
    number_ = words.next();
    if (number_.empty()) return;
  }
  for (auto flag = words.next(); !flag.empty(); flag = words.next()) {
    if (++words_ > kMostWords) {
      too_many_ = true;
      return;
    }
    flags_[count_++] = flag;
  }
  read_flags(now);
  key_ = has('b') ? store.key(decoded_) : Key{key_word_, request.hash};
}

std::string_view MetaRequest::decode_key() {
  if (auto decoded = from_base64(key_word_); decoded && !decoded->empty()) {
    decoded_ = std::move(*decoded);
    return {};
  }
  return "CLIENT_ERROR error decoding key\r\n";
}

// A bad token does not keep the next flags from being looked at, a bad flag does.
void MetaRequest::read_flags(Seconds now) {
  for (const std::string_view flag : *this) {
    const auto letter = static_cast<unsigned char>(flag[0]);
    if (letter > 126 || letters_[letter]) {
      error_ = "CLIENT_ERROR duplicate flag\r\n";
      return;
    }
    letters_[letter] = true;
    if (kKnown.find(flag[0]) == std::string_view::npos) {
      error_ = "CLIENT_ERROR invalid flag\r\n";
      return;
    }
    const std::string_view error = read_flag(flag, now);
    // A bad F has no error of its own in memcached, so it leaves that of another flag.
    const bool of_its_own = flag[0] != 'F' || error_.empty();
    if (!error.empty() && of_its_own) error_ = error;
  }
}

std::string_view MetaRequest::read_flag(std::string_view flag, Seconds now) {
  const std::string_view token = flag.substr(1);
  const auto time = [&](Seconds& to) -> std::string_view {
    const auto exptime = parse_i64(token);
    if (!exptime) return kBadToken;
    to = expiry_of(*exptime, now);
    return {};
  };
  const auto number = [&](auto parsed, auto& to, std::string_view error) -> std::string_view {
    if (!parsed) return error;
    to = *parsed;
    return {};
  };
  switch (flag[0]) {
    case 'b':
      return decode_key();
    case 'T':
      return time(expires);
    case 'N':
      return time(vivify_expires);
    case 'R': {
      const std::string_view error = time(recache);
      if (recache == kSticky) recache = kAlreadyExpired;
      return error;
    }
    case 'F':
      return number(parse_u32(token), client_flags, kBadLine);
    case 'C':
      return number(parse_u64(token), cas, kBadToken);
    case 'E':
      return number(parse_u64(token), new_cas, kBadToken);
    case 'J':
      return number(parse_u64(token), initial, "CLIENT_ERROR invalid numeric initial value\r\n");
    case 'D':
      return number(parse_u64(token), delta, "CLIENT_ERROR invalid numeric delta value\r\n");
    case 'M':
      if (token.size() != 1) return "CLIENT_ERROR incorrect length for M token\r\n";
      mode = token[0];
      return {};
    case 'O':
      opaque_too_long_ = flag.size() > kLongestOpaque;
      return {};
    default:
      return {};
  }
}

Seconds MetaRequest::expires_after(std::string_view flag, Seconds before, bool created) const {
  if (flag[0] == 'T') return expires;
  if (flag[0] == 'N' && created) return vivify_expires;
  return before;
}

Seconds MetaRequest::expires_after(Seconds before, bool created) const {
  for (const std::string_view flag : *this) before = expires_after(flag, before, created);
  return before;
}

void MetaRequest::add_key(Line& line) const {
  line.add(has('b') ? to_base64(key_.text) : key_.text);
}

void MetaRequest::echo(Line& line, std::string_view flag) const {
  if (flag[0] == 'O') {
    line.add(' ');
    line.add(flag);
  } else if (flag[0] == 'k') {
    line.add(" k");
    add_key(line);
    if (has('b')) line.add(" b");
  }
}

void MetaRequest::echo_all(Line& line) const {
  for (const std::string_view flag : *this) echo(line, flag);
}

void add_time_left(Line& line, Seconds expires, Seconds now) {
  line.add(" t");
  if (expires == kNever || expires == kSticky) {
    line.add("-1");
  } else {
    line.add_number(expires > now ? expires - now : 0);
  }
}

}  // namespace arcus::daemon
