#include "core/ssh/quote.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>

namespace arcus::ssh {
namespace {

std::string through_a_shell(const std::string& text) {
  FILE* pipe = ::popen(("printf %s " + quote(text)).c_str(), "r");
  std::string result;
  std::array<char, 256> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) result += buffer.data();
  ::pclose(pipe);
  return result;
}

TEST(Quote, LeavesNothingToTheShell) {
  for (const std::string text : {"plain", "two words", "it's", "'", "''", "$HOME `id` \\ \" * ; &",
                                 "line\nbreak", "-n", "!history"}) {
    EXPECT_EQ(through_a_shell(text), text);
  }
}

TEST(Quote, MakesAWordOfNothing) {
  EXPECT_EQ(quote(""), "''");
}

}  // namespace
}  // namespace arcus::ssh
