#include "core/ssh/config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace arcus::ssh {
namespace {

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() {
    char name[] = "/tmp/arcus-sshconfig-XXXXXX";
    folder_ = ::mkdtemp(name);
  }
  ~ConfigTest() override { std::filesystem::remove_all(folder_); }

  Result<HostConfig> read(const std::string& text, const std::string& host,
                          const std::string& user = "") {
    return read_names(text, {host}, user);
  }
  Result<HostConfig> read_names(const std::string& text, const std::vector<std::string>& names,
                                const std::string& user = "") {
    std::ofstream(folder_ + "/config") << text;
    return read_config(names, user, folder_ + "/config");
  }

  std::string folder_;
};

TEST_F(ConfigTest, TakesTheFirstValueOfEachKeyword) {
  const auto config = read(
      "User first\n"
      "Host db\n  User second\n  Port 2201\n"
      "Host *\n  Port 2202\n  HostName=10.0.0.1\n",
      "db");
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->user, "first");
  EXPECT_EQ(config->port, 2201);
  EXPECT_EQ(config->host_name, "10.0.0.1");
}

TEST_F(ConfigTest, MatchesPatternsAndTheirNegation) {
  const std::string text = "Host web* !web9 \"odd name\"\n  User w\n";
  EXPECT_EQ(read(text, "web1")->user, "w");
  EXPECT_EQ(read(text, "odd name")->user, "w");
  EXPECT_EQ(read(text, "web9")->user, "");
  EXPECT_EQ(read(text, "db")->user, "");
}

TEST_F(ConfigTest, AnyNameOfAHostWillDo) {
  const std::vector<std::string> names = {"cache-1", "10.0.0.1"};
  EXPECT_EQ(read_names("Host 10.0.0.*\n  User w\n", names)->user, "w");
  EXPECT_EQ(read_names("Host cache-?\n  User w\n", names)->user, "w");
  EXPECT_EQ(read_names("Host cache-* !10.0.0.1\n  User w\n", names)->user, "");
  EXPECT_EQ(read_names("Match originalhost 10.0.0.1\n  User w\n", names)->user, "w");
  EXPECT_EQ(read_names("Host 10.0.1.*\n  User w\n", names)->user, "");
}

TEST_F(ConfigTest, AddsIdentityFilesUp) {
  const auto config = read("IdentityFile ~/.ssh/one\nHost *\nIdentityFile \"/a b/two\"\n", "x");
  EXPECT_EQ(config->identity_files, (std::vector<std::string>{"~/.ssh/one", "/a b/two"}));
}

TEST_F(ConfigTest, FollowsIncludesWithinTheirHostBlock) {
  std::ofstream(folder_ + "/jump.conf") << "ProxyJump gate\n";
  const std::string text = "Host inner\n  Include " + folder_ + "/*.conf\n";
  EXPECT_EQ(read(text, "inner")->proxy_jump, "gate");
  EXPECT_EQ(read(text, "outer")->proxy_jump, "");
}

TEST_F(ConfigTest, RefusesAnIncludeLoop) {
  EXPECT_FALSE(read("Include " + folder_ + "/config\n", "x").ok());
}

TEST_F(ConfigTest, UnderstandsTheSimpleMatches) {
  const std::string text =
      "Match originalhost a,b user root\n  Port 1\nMatch exec true\n  Port 2\nMatch all\n  Port 3";
  EXPECT_EQ(read(text, "b", "root")->port, 1);
  EXPECT_EQ(read(text, "b", "joe")->port, 3);
  EXPECT_EQ(read(text, "c", "root")->port, 3);
}

TEST_F(ConfigTest, KeepsAProxyCommandWhole) {
  EXPECT_EQ(read("ProxyCommand nc -x \"a b\" %h %p\n", "x")->proxy_command, "nc -x \"a b\" %h %p");
}

TEST_F(ConfigTest, NamesTheLineOfABadPort) {
  const auto config = read("# comment\n\nPort 70000\n", "x");
  ASSERT_FALSE(config.ok());
  EXPECT_NE(config.error().message.find("config:3"), std::string::npos) << config.error().message;
}

TEST_F(ConfigTest, WantsANamedFileToExist) {
  EXPECT_FALSE(read_config({"x"}, "", folder_ + "/missing").ok());
}

TEST(ConfigExpand, ReplacesTokens) {
  const Tokens tokens{"real", "asked", "joe", 2200};
  EXPECT_EQ(expand("/k/%h-%n-%p-%r-100%%-%x", tokens), "/k/real-asked-2200-joe-100%-%x");
  EXPECT_EQ(expand("~/key", tokens), home_directory() + "/key");
}

}  // namespace
}  // namespace arcus::ssh
