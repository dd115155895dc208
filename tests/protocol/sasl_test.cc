// Clients that must log in: the real engine with the real libsasl2, users of the local database and
// of a real ZooKeeper.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/protocol/engine_process.h"
#include "tests/support/scram.h"
#include "tests/support/zookeeper_fixture.h"

namespace arcus::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string auth_request(const std::string& words, const std::string& data) {
  return "sasl auth " + words + std::to_string(data.size()) + "\r\n" + data + "\r\n";
}

std::string log_in_plain(Client& client, const std::string& user, const std::string& password) {
  const std::string data = std::string(1, '\0') + user + std::string(1, '\0') + password;
  return client.ask(auth_request("PLAIN ", data));
}

// What follows SASL_CONTINUE; throws when it is something else.
std::string challenge(Client& client, const std::string& request) {
  client.send(request);
  const std::string line = client.line();
  if (!line.starts_with("SASL_CONTINUE ")) return line;
  const std::string data = client.receive(std::stoul(line.substr(14)) + 2);
  return data.substr(0, data.size() - 2);
}

std::string log_in_scram(Client& client, const std::string& user, const std::string& password) {
  ScramClient scram(user, password);
  const std::string first = challenge(client, auth_request("SCRAM-SHA-256 ", scram.first()));
  if (first == "AUTH_ERROR") return first;
  const std::string second = challenge(client, auth_request("", scram.second(first)));
  if (second == "AUTH_ERROR") return second;
  EXPECT_EQ(second, scram.expected());
  client.send("sasl auth 0\r\n\r\n");
  return client.line();
}

// A database of one user in a folder of its own.
class SaslTest : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("command -v saslpasswd2 >/dev/null") != 0) GTEST_SKIP() << "needs sasl2-bin";
    folder_ = std::filesystem::path(testing::TempDir()) / ("sasl." + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    const std::string file = (folder_ / "sasldb").string();
    const std::string made =
        "printf wonder | saslpasswd2 -p -c -f " + file + " -u \"$(hostname)\" alice";
    ASSERT_EQ(std::system(made.c_str()), 0);
    std::ofstream(folder_ / "memcached.conf")
        << "sasldb_path: " << file << "\nmech_list: SCRAM-SHA-256 PLAIN\n";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  EngineOptions options(std::vector<std::string> arguments) const {
    EngineOptions options;
    options.arguments = std::move(arguments);
    options.environment = {{"SASL_CONF_PATH", folder_.string()}};
    return options;
  }

  std::filesystem::path folder_;
};

TEST_F(SaslTest, TheLocalDatabasesUsersMayDoEverything) {
  EngineProcess engine(options({"-S"}));
  Client client(engine);
  EXPECT_EQ(client.ask("sasl mech\r\n"), "SASL_MECH SCRAM-SHA-256 PLAIN\r\n");
  EXPECT_EQ(client.ask("set a 0 0 1\r\n1\r\n"), "CLIENT_ERROR unauthorized\r\n");
  EXPECT_EQ(log_in_plain(client, "alice", "wander"), "AUTH_ERROR\r\n");
  EXPECT_EQ(client.ask("get a\r\n"), "CLIENT_ERROR unauthorized\r\n");
  EXPECT_EQ(log_in_plain(client, "alice", "wonder"), "SASL_OK\r\n");
  EXPECT_EQ(client.ask("set a 0 0 1\r\n1\r\n"), "STORED\r\n");
  EXPECT_EQ(client.ask("config memlimit\r\n", "END\r\n"), "memlimit 64\r\nEND\r\n");
  EXPECT_EQ(client.ask("reload auth\r\n"), "NOT_SUPPORTED\r\n");
  Client another(engine);
  EXPECT_EQ(log_in_scram(another, "alice", "wonder"), "SASL_OK");
  EXPECT_EQ(another.ask("get a\r\n", "END\r\n"), "VALUE a 0 1\r\n1\r\nEND\r\n");
  const std::string stats = another.ask("stats\r\n", "END\r\n");
  EXPECT_THAT(stats, HasSubstr("STAT cmd_auth 3\r\n"));
  EXPECT_THAT(stats, HasSubstr("STAT auth_errors 1\r\n"));
}

TEST_F(SaslTest, TheLogNamesUsersAndNoPassword) {
  EngineProcess engine(options({"-S", "-vv"}));
  Client client(engine);
  log_in_plain(client, "alice", "wander");
  log_in_plain(client, "alice", "wonder");
  client.ask("version\r\n");
  EXPECT_THAT(engine.log(), HasSubstr("SECURITY_EVENT client=127.0.0.1 user=alice "
                                      "authentication failed(authentication failure)"));
  EXPECT_THAT(engine.log(), HasSubstr("user=alice authentication succeeded"));
  EXPECT_THAT(engine.log(), Not(HasSubstr("wander")));
  EXPECT_THAT(engine.log(), Not(HasSubstr("wonder")));
}

TEST_F(SaslTest, WhoBeginsAnewIsNobodyMeanwhile) {
  EngineProcess engine(options({"-S"}));
  Client client(engine);
  EXPECT_EQ(log_in_plain(client, "alice", "wonder"), "SASL_OK\r\n");
  ScramClient scram("alice", "wonder");
  EXPECT_THAT(challenge(client, auth_request("SCRAM-SHA-256 ", scram.first())), StartsWith("r="));
  EXPECT_EQ(client.ask("get a\r\n"), "CLIENT_ERROR unauthorized\r\n");
  EXPECT_EQ(client.ask("sasl auth 5\r\nwrong\r\n"), "AUTH_ERROR\r\n");
  EXPECT_EQ(client.ask("sasl auth 0\r\n\r\n"), "AUTH_ERROR\r\n");
  EXPECT_EQ(client.ask("sasl auth PLAIN 3\r\nabcd\r\n"), "CLIENT_ERROR bad data chunk\r\n");
}

TEST_F(SaslTest, TurnedOnLaterItIsForNewConnections) {
  EngineProcess engine(options({}));
  Client older(engine);
  EXPECT_EQ(older.ask("sasl mech\r\n"), "NOT_SUPPORTED\r\n");
  EXPECT_EQ(older.ask(auth_request("PLAIN ", "12345")), "NOT_SUPPORTED\r\n");
  EXPECT_EQ(older.ask("config auth\r\n", "END\r\n"), "auth off\r\nEND\r\n");
  EXPECT_EQ(older.ask("config auth on\r\n"), "END\r\n");
  for (int i = 0; i < 1000; ++i) {
    if (older.ask("config auth\r\n", "END\r\n") == "auth on\r\nEND\r\n") break;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(older.ask("set a 0 0 1\r\n1\r\n"), "STORED\r\n");
  Client client(engine);
  EXPECT_EQ(client.ask("get a\r\n"), "CLIENT_ERROR unauthorized\r\n");
  EXPECT_EQ(log_in_scram(client, "alice", "wonder"), "SASL_OK");
  EXPECT_EQ(client.ask("get a\r\n", "END\r\n"), "VALUE a 0 1\r\n1\r\nEND\r\n");
}

class ZooKeeperSaslTest : public ZooKeeperTest {
 protected:
  void SetUp() override {
    ZooKeeperTest::SetUp();
    if (IsSkipped()) return;
    make("/arcus_acl", "");
    make("/arcus_acl/" + group(), "");
    make_user("alice", "kv", "wonder");
    make_user("root", "list,admin,logall", "secret");
  }

  std::string group() const { return root_.substr(1); }
  void make(const std::string& path, const std::string& data) {
    const auto made = zk_->create(path, data, zk::CreateMode::kPersistent, soon());
    ASSERT_TRUE(made.ok() || made.error().code == ErrorCode::kExists) << made.error().message;
  }
  void make_user(const std::string& name, const std::string& may, const std::string& password) {
    const std::string path = "/arcus_acl/" + group() + "/" + name;
    make(path, may);
    make(path + "/authPassword", scram_secret(password));
  }
  EngineOptions options() const {
    EngineOptions options;
    options.arguments = {"-S"};
    options.environment = {{"ARCUS_ACL_ZOOKEEPER", server().servers()},
                           {"ARCUS_ACL_GROUP", group()}};
    return options;
  }
};

TEST_F(ZooKeeperSaslTest, AUserMayDoWhatItsZnodeSays) {
  EngineProcess engine(options());
  Client client(engine);
  EXPECT_EQ(client.ask("sasl mech\r\n"), "SASL_MECH SCRAM-SHA-256\r\n");
  EXPECT_EQ(log_in_scram(client, "alice", "wander"), "AUTH_ERROR");
  EXPECT_EQ(log_in_scram(client, "nobody", "wonder"), "AUTH_ERROR");
  EXPECT_EQ(log_in_scram(client, "alice", "wonder"), "SASL_OK");
  EXPECT_EQ(client.ask("set a 0 0 1\r\n1\r\n"), "STORED\r\n");
  EXPECT_EQ(client.ask("lop create l 0 0 0\r\n"), "CLIENT_ERROR unauthorized\r\n");
  EXPECT_EQ(client.ask("flush_all\r\n"), "CLIENT_ERROR unauthorized\r\n");
  EXPECT_EQ(client.ask("delete a\r\n"), "DELETED\r\n");
  EXPECT_THAT(engine.log(), HasSubstr("user=alice cmd=\"lop create l 0 0 0\" unauthorized"));
}

TEST_F(ZooKeeperSaslTest, ReloadAuthReadsThemAgain) {
  EngineProcess engine(options());
  Client root(engine);
  ASSERT_EQ(log_in_scram(root, "root", "secret"), "SASL_OK");
  Client client(engine);
  EXPECT_EQ(log_in_scram(client, "bob", "builder"), "AUTH_ERROR");
  make_user("bob", "btree", "builder");
  EXPECT_EQ(client.ask("reload auth\r\n"), "CLIENT_ERROR unauthorized\r\n");
  EXPECT_EQ(root.ask("reload auth\r\n"), "OK\r\n");
  std::string outcome;
  for (int i = 0; i < 1000 && outcome != "SASL_OK"; ++i) {
    outcome = log_in_scram(client, "bob", "builder");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(outcome, "SASL_OK");
  EXPECT_EQ(client.ask("bop create b 0 0 0\r\n"), "CREATED\r\n");
  EXPECT_THAT(engine.log(), HasSubstr("user=root cmd=\"reload auth\" authorized"));
}

TEST_F(ZooKeeperSaslTest, WithoutItsGroupTheEngineDoesNotStart) {
  EngineOptions wrong = options();
  wrong.environment[1].second = "nowhere";
  wrong.wait_until_serving = false;
  EngineProcess engine(std::move(wrong));
  EXPECT_EQ(engine.wait_exit(15000), 69);
  EXPECT_THAT(engine.log(), HasSubstr("-S: reading the users: "));
  EXPECT_THAT(engine.log(), HasSubstr("/arcus_acl/nowhere"));
}

}  // namespace
}  // namespace arcus::tests
