#include "daemon/command/bkey_text.h"

#include <array>

#include "daemon/protocol/request.h"

namespace arcus::daemon {
namespace {

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<Bkey> parse_hexadecimal(std::string_view word) {
  if (!word.starts_with("0x")) return std::nullopt;
  word.remove_prefix(2);
  if (word.empty() || word.size() % 2 != 0 || word.size() / 2 > Bkey::kMost) return std::nullopt;
  std::array<char, Bkey::kMost> bytes;
  for (std::size_t i = 0; i < word.size(); i += 2) {
    const int high = digit_of(word[i]);
    const int low = digit_of(word[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes[i / 2] = static_cast<char>(high * 16 + low);
  }
  return Bkey(std::string_view(bytes.data(), word.size() / 2));
}

std::optional<Bkey> parse_bkey(std::string_view word) {
  if (word.starts_with("0x")) return parse_hexadecimal(word);
  const auto number = parse_u64(word);
  return number ? std::optional<Bkey>(*number) : std::nullopt;
}

void add_hexadecimal(Line& line, std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  line.add("0x");
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    line.add(kDigits[byte >> 4]);
    line.add(kDigits[byte & 15]);
  }
}

void add_bkey(Line& line, const TreeKey& key) {
  if (key.bytes.empty()) {
    line.add_number(key.number);
  } else {
    add_hexadecimal(line, key.bytes);
  }
}

}  // namespace arcus::daemon
