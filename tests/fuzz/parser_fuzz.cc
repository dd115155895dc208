// The parser with any bytes: what it takes it must take the same way when the bytes come in two
// pieces, it must never take more than there is, and it must come to an end.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/protocol/request.h"

namespace {

using namespace arcus::daemon;

void check(bool holds) {
  if (!holds) std::abort();
}

// Whole lines only: pieces of a key list are cut where the bytes end, so they may differ.
std::vector<std::string> lines_of(std::string_view bytes) {
  RequestParser parser;
  std::vector<std::string> lines;
  while (true) {
    const Parsed parsed = parser.parse(bytes);
    if (parsed.status != ParseStatus::kRequest) {
      check(parsed.consumed == 0);
      return lines;
    }
    check(parsed.consumed > 0 && parsed.consumed <= bytes.size());
    const RequestLine& line = parsed.request;
    check(line.verb.find(' ') == std::string_view::npos);
    std::string text(line.verb);
    Words words(line.arguments);
    for (auto word = words.next(); !word.empty(); word = words.next()) {
      check(word.find(' ') == std::string_view::npos);
      parse_u32(word);
      parse_u64(word);
      parse_i64(word);
      text += ' ';
      text += word;
    }
    if (line.more) return lines;
    lines.push_back(text);
    parser.take(line);
    bytes.remove_prefix(parsed.consumed);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = lines_of(bytes);
  const auto part = lines_of(bytes.substr(0, size / 2));
  check(part.size() <= whole.size());
  for (std::size_t i = 0; i < part.size(); ++i) check(part[i] == whole[i]);
  return 0;
}
