#include "core/base/text.h"

#include <gtest/gtest.h>

namespace arcus {
namespace {

TEST(ParseNumber, TakesOnlyWholeDecimalNumbers) {
  EXPECT_EQ(parse_number("11211"), 11211u);
  for (const char* bad : {"", "-1", "+1", " 1", "1 ", "0x10", "1e3", "99999999999999999999"}) {
    EXPECT_FALSE(parse_number(bad)) << bad;
  }
}

TEST(HostPort, RoundTrips) {
  for (const char* text : {"a:1", "10.0.0.1:65535", "[::1]:2181"}) {
    const auto parsed = parse_host_port(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(format_host_port(*parsed), text);
  }
  for (const char* bad : {"a", ":1", "a:0", "a:65536", "::1:5", "a:b"}) {
    EXPECT_FALSE(parse_host_port(bad)) << bad;
  }
}

TEST(NearWords, FindsTypingErrorsAndBeginnings) {
  const std::vector<std::string> verbs = {"register", "unregister", "start", "stop", "list"};
  EXPECT_EQ(near_words("strat", verbs), std::vector<std::string>{"start"});
  EXPECT_EQ(near_words("reg", verbs), std::vector<std::string>{"register"});
  EXPECT_EQ(near_words("listing", verbs), std::vector<std::string>{"list"});
  EXPECT_EQ(near_words("quickstart", {"quicksetup"}), std::vector<std::string>{"quicksetup"});
  EXPECT_TRUE(near_words("frobnicate", verbs).empty());
}

TEST(Lines, LastLineNeedsNoEnd) {
  EXPECT_EQ(lines("a\r\nb\n"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(lines("a\n\nb"), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_TRUE(lines("").empty());
}

TEST(FormatBytes, PicksTheUnit) {
  EXPECT_EQ(format_bytes(812), "812 B");
  EXPECT_EQ(format_bytes(3 * 1024 * 1024), "3.0 MiB");
}

}  // namespace
}  // namespace arcus
