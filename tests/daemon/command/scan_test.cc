// scan: patterns, and cursors that lead through everything.
#include <map>
#include <set>
#include <string>

#include "core/base/text.h"
#include "daemon/command/pattern.h"
#include "tests/daemon/command/command_fixture.h"

namespace arcus::daemon {
namespace {

TEST(Pattern, HasItsLimits) {
  EXPECT_TRUE(is_pattern("a*b?c"));
  EXPECT_TRUE(is_pattern("****"));
  EXPECT_FALSE(is_pattern("*****"));
  EXPECT_TRUE(is_pattern("****\\*"));
  EXPECT_FALSE(is_pattern(""));
  EXPECT_TRUE(is_pattern(std::string(64, 'a')));
  EXPECT_FALSE(is_pattern(std::string(65, 'a')));
  EXPECT_FALSE(is_pattern("a\\"));
  EXPECT_FALSE(is_pattern("\\a"));
}

TEST(Pattern, MatchesAsAShellDoes) {
  EXPECT_TRUE(matches("abc", "abc"));
  EXPECT_FALSE(matches("abc", "abcd"));
  EXPECT_FALSE(matches("abcd", "abc"));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("a*c", "abbbc"));
  EXPECT_TRUE(matches("a*c", "acac"));
  EXPECT_FALSE(matches("a*c", "abcd"));
  EXPECT_TRUE(matches("*key1*", "akey12"));
  EXPECT_TRUE(matches("a?c", "abc"));
  EXPECT_FALSE(matches("a?c", "ac"));
  EXPECT_TRUE(matches("a\\*c", "a*c"));
  EXPECT_FALSE(matches("a\\*c", "abc"));
  EXPECT_FALSE(matches("a\\?c", "abc"));
  EXPECT_TRUE(matches("*a*b*c*", "xxaxxbxxcxx"));
  EXPECT_TRUE(matches("**b", "aab"));
}

class ScanCommandTest : public CommandTest {
 protected:
  // All names that repeated calls tell, with what follows each.
  std::map<std::string, std::string> all(const std::string& begin, const std::string& end) {
    std::map<std::string, std::string> found;
    std::string cursor = "0";
    do {
      const std::string text = client_.ask(begin + cursor + end);
      const auto said = lines(text);
      cursor = split(said.at(0), ' ').at(2);
      if (cursor.ends_with('\r')) cursor.pop_back();
      EXPECT_EQ(said.back().substr(0, 3), "END");
      EXPECT_EQ(split(said[0], ' ').at(1), std::to_string(said.size() - 2));
      for (std::size_t i = 1; i + 1 < said.size(); ++i) {
        const auto blank = said[i].find(' ');
        EXPECT_TRUE(found.emplace(said[i].substr(0, blank), said[i].substr(blank + 1)).second);
      }
      ++calls_;
    } while (cursor != "0" && calls_ < 10'000);
    return found;
  }
  int calls_ = 0;
};

TEST_F(ScanCommandTest, LeadsThroughAllKeys) {
  for (int i = 0; i < 5'000; ++i) client_.set("key" + std::to_string(i), "v");
  EXPECT_EQ(all("scan key ", " count 100").size(), 5'000u);
  EXPECT_GT(calls_, 40);
  EXPECT_EQ(all("scan key ", " match *7").size(), 500u);
}

TEST_F(ScanCommandTest, LeadsThroughAllPrefixesWithTheirCounts) {
  for (int i = 0; i < 300; ++i) {
    for (int j = 0; j <= i % 3; ++j) client_.set("p" + std::to_string(i) + ":" + std::to_string(j), "v");
  }
  client_.set("plain", "v");
  const auto found = all("scan prefix ", " count 7");
  EXPECT_EQ(found.size(), 301u);
  EXPECT_EQ(calls_, 43);
  EXPECT_TRUE(found.at("p0").starts_with("1 5 ")) << found.at("p0");
  EXPECT_TRUE(found.at("p5").starts_with("3 15 ")) << found.at("p5");
  EXPECT_TRUE(found.contains("<null>"));
  EXPECT_EQ(all("scan prefix ", " match p1?").size(), 10u);
}

}  // namespace
}  // namespace arcus::daemon
