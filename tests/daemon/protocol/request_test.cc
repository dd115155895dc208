#include "daemon/protocol/request.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace arcus::daemon {
namespace {

using Lines = std::vector<std::string>;

// What a parser makes of `text` when it arrives cut at `cut`: "verb|word|word" a request.
Lines parse_in_two(const std::string& text, std::size_t cut) {
  RequestParser parser;
  Lines requests;
  std::string pending;
  for (const std::string& piece : {text.substr(0, cut), text.substr(cut)}) {
    pending += piece;
    while (true) {
      const Parsed parsed = parser.parse(pending);
      if (parsed.status != ParseStatus::kRequest) break;
      std::string line(parsed.request.verb);
      Words words(parsed.request.arguments);
      for (auto word = words.next(); !word.empty(); word = words.next()) {
        line += "|" + std::string(word);
      }
      requests.push_back(line);
      parser.take(parsed.request);
      pending.erase(0, parsed.consumed);
    }
  }
  return requests;
}

TEST(RequestParser, GivesTheSameRequestsWhereverTheBytesAreCut) {
  const std::string text = "set key 1 -1 5 noreply\r\n  get  a b\n\r\nquit\r\n";
  const Lines whole = {"set|key|1|-1|5|noreply", "get|a|b", "", "quit"};
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(parse_in_two(text, cut), whole) << "cut at " << cut;
  }
}

TEST(RequestParser, TakesNothingOfALineThatIsNotComplete) {
  RequestParser parser;
  for (const char* half : {"", "g", "get key", "get key\r"}) {
    const Parsed parsed = parser.parse(half);
    EXPECT_EQ(parsed.status, ParseStatus::kNeedMore) << half;
    EXPECT_EQ(parsed.consumed, 0u) << half;
  }
}

TEST(RequestParser, ChangesNothingUntilARequestIsTaken) {
  const std::string piece = "get " + std::string(kMaxLine - 6, 'x') + " y";
  RequestParser parser;
  const Parsed first = parser.parse(piece);
  EXPECT_TRUE(first.request.more);
  EXPECT_EQ(parser.parse("version\r\n").request.verb, "version");
  parser.take(first.request);
  EXPECT_TRUE(parser.parse("version\r\n").request.continued);
}

TEST(Words, AreFoundWhateverTheirLength) {
  for (std::size_t length = 1; length < 40; ++length) {
    const std::string word(length, 'w');
    const std::string text = "  " + word + " " + word + "  x";
    Words all(text);
    EXPECT_EQ(all.next(), word);
    EXPECT_EQ(all.rest(), " " + word + "  x");
    EXPECT_EQ(all.next(), word);
    EXPECT_EQ(all.next(), "x");
    EXPECT_EQ(all.next(), "");
    EXPECT_EQ(all.next(), "");
  }
}

TEST(RequestParser, LeavesTheBodyToOthers) {
  const Parsed parsed = RequestParser().parse("set a 0 0 3\r\nabc\r\n");
  EXPECT_EQ(parsed.consumed, 13u);
  EXPECT_EQ(parsed.request.verb, "set");
  EXPECT_EQ(parsed.request.arguments, " a 0 0 3");
}

TEST(RequestParser, GivesUpOnALineThatIsTooLong) {
  const std::string keys(kMaxLine, 'x');
  EXPECT_EQ(RequestParser().parse(keys).status, ParseStatus::kLineTooLong);
  EXPECT_EQ(RequestParser().parse("set " + keys).status, ParseStatus::kLineTooLong);
  EXPECT_EQ(RequestParser().parse("set " + keys + " 0 0 1\r\n").status, ParseStatus::kLineTooLong);
  EXPECT_EQ(RequestParser().parse("get " + keys).status, ParseStatus::kLineTooLong);
  EXPECT_EQ(RequestParser().parse(std::string(kMaxLine, ' ')).status, ParseStatus::kLineTooLong);
}

TEST(RequestParser, HandsOutALongListOfKeysInPieces) {
  std::string text = "gets";
  for (int i = 0; i < 10000; ++i) text += " key" + std::to_string(i);
  text += "\r\nversion\r\n";

  RequestParser parser;
  std::string pending;
  std::vector<std::string> keys;
  int pieces = 0;
  bool last_seen = false;
  for (std::size_t at = 0; at < text.size(); at += 1000) {
    pending += text.substr(at, 1000);
    ASSERT_LE(pending.size(), kMaxLine + 1000);
    while (true) {
      const Parsed parsed = parser.parse(pending);
      ASSERT_NE(parsed.status, ParseStatus::kLineTooLong);
      if (parsed.status == ParseStatus::kNeedMore) break;
      if (last_seen) {
        EXPECT_EQ(parsed.request.verb, "version");
        EXPECT_FALSE(parsed.request.continued);
      } else {
        EXPECT_EQ(parsed.request.continued, pieces > 0);
        EXPECT_EQ(parsed.request.verb, pieces == 0 ? "gets" : "");
        Words words(parsed.request.arguments);
        for (auto word = words.next(); !word.empty(); word = words.next()) keys.emplace_back(word);
        ++pieces;
        last_seen = !parsed.request.more;
      }
      parser.take(parsed.request);
      pending.erase(0, parsed.consumed);
    }
  }
  EXPECT_TRUE(last_seen);
  EXPECT_GT(pieces, 3);
  ASSERT_EQ(keys.size(), 10000u);
  EXPECT_EQ(keys.front(), "key0");
  EXPECT_EQ(keys[5000], "key5000");
  EXPECT_EQ(keys.back(), "key9999");
}

TEST(Numbers, AreWholeWordsWithinTheirRange) {
  EXPECT_EQ(parse_u32("4294967295"), 4294967295u);
  EXPECT_FALSE(parse_u32("4294967296"));
  EXPECT_EQ(parse_i64("-1"), -1);
  EXPECT_EQ(parse_u64("18446744073709551615"), 18446744073709551615u);
  EXPECT_FALSE(parse_u64("18446744073709551616"));
  for (const char* bad : {"", "-", "+1", " 1", "1 ", "1x", "0x1", "--1"}) {
    EXPECT_FALSE(parse_i64(bad)) << bad;
    EXPECT_FALSE(parse_u64(bad)) << bad;
  }
  EXPECT_FALSE(parse_u64("-1"));
  EXPECT_EQ(parse_i64("-9223372036854775808"), INT64_MIN);
  EXPECT_FALSE(parse_i64("9223372036854775808"));
  EXPECT_EQ(parse_u64("000000000000000000000000000000042"), 42u);
  EXPECT_FALSE(parse_u64("100000000000000000000"));
  EXPECT_FALSE(parse_u64("9999999999999999999x"));
}

template <typename Number>
std::optional<Number> first_number(Words words) {
  Number number = 0;
  if (!words.next(number)) return std::nullopt;
  return number;
}

TEST(Numbers, AreTheSameWhenTheyAreReadFromALine) {
  const std::string words[] = {"0", "7", "007", "-1", "-0", "-", "+1", "1x", "--1", "x",
                               "4294967295", "4294967296", "9223372036854775807",
                               "9223372036854775808", "-9223372036854775808",
                               "18446744073709551615", "18446744073709551616",
                               "000000000000000000042", "100000000000000000000"};
  for (const std::string& word : words) {
    for (const std::string& line : {"  " + word, "  " + word + "  next"}) {
      EXPECT_EQ(first_number<std::uint32_t>(Words(line)), parse_u32(word)) << line;
      EXPECT_EQ(first_number<std::uint64_t>(Words(line)), parse_u64(word)) << line;
      EXPECT_EQ(first_number<std::int64_t>(Words(line)), parse_i64(word)) << line;
    }
  }
  EXPECT_FALSE(first_number<std::uint64_t>(Words("")));
  EXPECT_FALSE(first_number<std::int64_t>(Words("   ")));
}

TEST(Numbers, LeaveTheWordsAfterThem) {
  std::uint32_t flags = 0;
  std::int64_t exptime = 0;
  std::uint64_t cas = 0;
  Words words(" 5 -1  18446744073709551615 last");
  EXPECT_TRUE(words.next(flags) && words.next(exptime) && words.next(cas));
  EXPECT_EQ(flags, 5u);
  EXPECT_EQ(exptime, -1);
  EXPECT_EQ(cas, 18446744073709551615u);
  EXPECT_EQ(words.next(), "last");
}

}  // namespace
}  // namespace arcus::daemon
