#include "core/cluster/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace arcus::cluster {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

// Surroundings in a directory of their own.
class SettingsTest : public testing::Test {
 protected:
  SettingsTest() {
    std::string pattern = (fs::temp_directory_path() / "arcus-settings-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
    environment_.lookup = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    };
    environment_.cwd = (root_ / "cwd").string();
    environment_.home = (root_ / "home").string();
    environment_.etc = (root_ / "etc").string();
    fs::create_directories(environment_.cwd);
  }
  ~SettingsTest() override { fs::remove_all(root_); }

  std::string write(const std::string& path, const std::string& text) {
    const fs::path full = root_ / path;
    fs::create_directories(full.parent_path());
    std::ofstream(full) << text;
    return full.string();
  }
  std::string found(const std::string& explicit_path = {}) {
    const auto path = find_settings(explicit_path, environment_);
    return path ? *path : path.error().message;
  }
  Result<Settings> parse(const std::string& text) {
    return parse_settings(text, "/etc/arcus/arcus.json", environment_);
  }
  std::string complaint(const std::string& text) {
    const auto settings = parse(text);
    return settings ? "nothing was wrong" : settings.error().message;
  }

  fs::path root_;
  std::map<std::string, std::string> variables_;
  Environment environment_;
};

TEST_F(SettingsTest, AreFoundInTheOrderOfTheManual) {
  EXPECT_EQ(found(), "");
  const auto etc = write("etc/arcus.json", "{}");
  EXPECT_EQ(found(), etc);
  const auto home = write("home/.config/arcus/arcus.json", "{}");
  EXPECT_EQ(found(), home);
  const auto cwd = write("cwd/arcus.json", "{}");
  EXPECT_EQ(found(), cwd);
  const auto variable = write("cwd/named.json", "{}");
  variables_["ARCUS_CONFIG"] = "named.json";
  EXPECT_EQ(found(), variable);
  const auto asked = write("asked.json", "{}");
  EXPECT_EQ(found(asked), asked);
}

TEST_F(SettingsTest, AskedForByNameMustExist) {
  write("etc/arcus.json", "{}");
  EXPECT_THAT(found("absent.json"), HasSubstr("--config: "));
  variables_["ARCUS_CONFIG"] = "absent.json";
  EXPECT_THAT(found(), HasSubstr("$ARCUS_CONFIG: "));
}

TEST_F(SettingsTest, HaveTheDefaultsOfTheOldTemplate) {
  const auto settings = parse("{}");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->zklist, "127.0.0.1:2181");
  EXPECT_EQ(settings->zklist_origin, "the default");
  EXPECT_EQ(settings->run_user, "memcached");
  EXPECT_TRUE(settings->zookeeper.managed);
  EXPECT_EQ(settings->zookeeper.max_client_cnxns, 100u);
  EXPECT_EQ(settings->zookeeper.min_session_timeout, 4000u);
  EXPECT_EQ(settings->zookeeper.max_session_timeout, 200000u);
}

TEST_F(SettingsTest, ReadEveryKey) {
  const auto settings = parse(R"({
    "zklist": "a:1,b:2", "dir": "/srv/arcus", "run_user": "cache", "java": "/opt/jre/bin/java",
    "bundle": "/usr/lib/arcus",
    "ssh": {"user": "ops", "identity": "/k", "port": "2222", "host_keys": "strict",
            "config_file": "/c", "known_hosts_file": "/h"},
    "hosts": {"memcached-1": {"address": "192.0.2.1", "user": "me", "port": 22, "identity": "/i"}},
    "zookeeper": {"managed": false, "tick_time": 500, "init_limit": 11, "sync_limit": 6,
                  "max_client_cnxns": 200, "min_session_timeout": 1000,
                  "max_session_timeout": 4000, "quorum_port": 1888, "election_port": 1999,
                  "heap_mb": 128, "four_letter_words": "srvr,stat"}})");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->zklist, "a:1,b:2");
  EXPECT_EQ(settings->dir, "/srv/arcus");
  EXPECT_EQ(settings->run_user, "cache");
  EXPECT_EQ(settings->java, "/opt/jre/bin/java");
  EXPECT_EQ(settings->bundle, "/usr/lib/arcus");
  EXPECT_EQ(settings->ssh.user, "ops");
  EXPECT_EQ(settings->ssh.identity, "/k");
  EXPECT_EQ(settings->ssh.port, 2222);
  EXPECT_EQ(settings->ssh.host_keys, HostKeyCheck::kStrict);
  EXPECT_EQ(settings->ssh.config_file, "/c");
  EXPECT_EQ(settings->ssh.known_hosts_file, "/h");
  EXPECT_EQ(settings->hosts.at("memcached-1"), (HostSettings{"192.0.2.1", "me", 22, "/i"}));
  const ZookeeperSettings& zk = settings->zookeeper;
  EXPECT_FALSE(zk.managed);
  EXPECT_EQ(zk.tick_time, 500u);
  EXPECT_EQ(zk.init_limit, 11u);
  EXPECT_EQ(zk.sync_limit, 6u);
  EXPECT_EQ(zk.max_client_cnxns, 200u);
  EXPECT_EQ(zk.min_session_timeout, 1000u);
  EXPECT_EQ(zk.max_session_timeout, 4000u);
  EXPECT_EQ(zk.quorum_port, 1888);
  EXPECT_EQ(zk.election_port, 1999);
  EXPECT_EQ(zk.heap_mb, 128u);
  EXPECT_EQ(zk.four_letter_words, "srvr,stat");
}

TEST_F(SettingsTest, TellEveryComplaintAtOnce) {
  const auto message = complaint(R"({
    "zkList": "a", "dir": "relative", "ssh": {"port": 0, "hostkeys": "off", "host_keys": "maybe"},
    "hosts": {"a": {"prt": 1}, "b": 3}, "zookeeper": {"heap_mb": "much", "managed": "yes"},
    "zklist": "a:2181/chroot"})");
  EXPECT_THAT(message, HasSubstr("/etc/arcus/arcus.json: 10 complaints"));
  for (const char* part :
       {"zkList: unknown key; did you mean zklist?", "dir: expected an absolute path",
        "ssh.port: expected a whole number from 1 to 65535, found 0",
        "ssh.hostkeys: unknown key; did you mean host_keys?",
        "ssh.host_keys: expected accept-new, strict or off, found \"maybe\"",
        "hosts.a.prt: unknown key; did you mean port?", "hosts.b: expected an object, found 3",
        "zookeeper.heap_mb: expected a whole number", "zookeeper.managed: expected true or false",
        "zklist: zklist"}) {
    EXPECT_THAT(message, HasSubstr(part));
  }
}

TEST_F(SettingsTest, SuggestGroupsAndListKeysWhenNothingIsNear) {
  EXPECT_THAT(complaint(R"({"zookeper": {}})"), HasSubstr("did you mean zookeeper?"));
  EXPECT_THAT(complaint(R"({"host": {}})"), HasSubstr("did you mean hosts?"));
  EXPECT_THAT(complaint(R"({"colour": 1})"), HasSubstr("expected one of zklist, dir"));
}

TEST_F(SettingsTest, SeeKeysThatContradictEachOther) {
  EXPECT_THAT(complaint(R"({"zookeeper": {"min_session_timeout": 300000}})"),
              HasSubstr("zookeeper.min_session_timeout: 300000 is above"));
  EXPECT_THAT(complaint(R"({"zookeeper": {"quorum_port": 3888}})"),
              HasSubstr("zookeeper.election_port"));
}

TEST_F(SettingsTest, RefuseWhatCouldHarmAHost) {
  for (const char* bad :
       {R"({"dir": "/"})", R"({"dir": "/a\nb"})", R"({"run_user": "a b"})", R"({"run_user": "-x"})",
        R"({"java": "java -x"})", R"({"ssh": {"user": "-oProxyCommand=x"}})",
        R"({"zookeeper": {"four_letter_words": "*\nadmin.enableServer=true"}})"}) {
    EXPECT_FALSE(parse(bad)) << bad;
  }
}

TEST_F(SettingsTest, PathsAreRelativeToTheFileAndTheHome) {
  const auto settings =
      parse(R"({"bundle": "../lib/b", "ssh": {"identity": "~/.ssh/k", "config_file": "c"}})");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->bundle, "/etc/lib/b");
  EXPECT_EQ(settings->ssh.identity, environment_.home + "/.ssh/k");
  EXPECT_EQ(settings->ssh.config_file, "/etc/arcus/c");
}

TEST_F(SettingsTest, SayLineAndColumnOfMalformedJson) {
  EXPECT_THAT(complaint("{\n\"dir\" \"/x\"}"), HasSubstr("line 2, column 10"));
}

TEST_F(SettingsTest, CommandLineOverEnvironmentOverFileOverDefault) {
  const auto resolved = [this](const SettingsOverrides& overrides) {
    const auto settings = resolve_settings("", overrides, environment_);
    return settings ? settings->zklist + " from " + settings->zklist_origin
                    : settings.error().message;
  };
  EXPECT_EQ(resolved({}), "127.0.0.1:2181 from the default");
  const auto file = write("cwd/arcus.json", R"({"zklist": "file:1"})");
  EXPECT_EQ(resolved({}), "file:1 from " + file);
  variables_["ARCUS_ZKLIST"] = "variable:1";
  EXPECT_EQ(resolved({}), "variable:1 from $ARCUS_ZKLIST");
  SettingsOverrides overrides;
  overrides.zklist = "option:1";
  EXPECT_EQ(resolved(overrides), "option:1 from --zklist");
}

TEST_F(SettingsTest, CommandLineWinsOverWhatTheFileSaysForOneHost) {
  auto settings = parse(R"({"hosts": {"a": {"user": "x", "port": 7, "address": "192.0.2.1"}}})");
  ASSERT_TRUE(settings) << settings.error().message;
  SettingsOverrides overrides;
  overrides.ssh_user = "me";
  const Settings result = overlay(*settings, overrides);
  EXPECT_EQ(result.ssh.user, "me");
  EXPECT_EQ(result.hosts.at("a"), (HostSettings{"192.0.2.1", "", 7, ""}));
}

TEST_F(SettingsTest, ExampleOfConfLoads) {
  const auto settings = load_settings(ARCUS_SOURCE_DIR "/conf/arcus.json", environment_);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->hosts.at("memcached-3").port, 2222);
}

std::string without_roff(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  std::string plain;
  for (const char c : text.str()) {
    if (c != '\\') plain += c;
  }
  return plain;
}

TEST(SettingsManual, ListsEveryKeyWithItsDefault) {
  const std::string page = without_roff(ARCUS_SOURCE_DIR "/man/arcus.json.5");
  for (const auto& key : settings_keys()) {
    const auto at = page.find(".B " + key.path + "\n");
    ASSERT_NE(at, std::string::npos) << key.path;
    const std::string paragraph = page.substr(at, page.find(".TP", at) - at);
    EXPECT_THAT(paragraph, HasSubstr("Default: " + key.default_value)) << key.path;
  }
}

TEST(SettingsManual, ListsNoKeyThatIsUnknown) {
  std::istringstream page(without_roff(ARCUS_SOURCE_DIR "/man/arcus.json.5"));
  const auto keys = settings_keys();
  unsigned listed = 0;
  bool in_keys = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with(".SH ")) in_keys = line == ".SH KEYS";
    if (!in_keys || !line.starts_with(".B ")) continue;
    const std::string path = line.substr(3);
    EXPECT_TRUE(std::any_of(keys.begin(), keys.end(), [&path](const SettingKey& key) {
      return key.path == path;
    })) << path;
    ++listed;
  }
  EXPECT_EQ(listed, keys.size());
}

}  // namespace
}  // namespace arcus::cluster
