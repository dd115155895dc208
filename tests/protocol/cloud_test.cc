// The engine as a member of a cloud, with a real ZooKeeper.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <thread>

#include "core/arcus/limits.h"
#include "core/arcus/names.h"
#include "tests/protocol/engine_process.h"
#include "tests/support/zookeeper_fixture.h"

namespace arcus::tests {
namespace {

class CloudTest : public ZooKeeperTest {
 protected:
  void SetUp() override {
    ZooKeeperTest::SetUp();
    if (IsSkipped()) return;
    for (const char* path :
         {"/arcus", "/arcus/cache_list", "/arcus/cache_list/cloud", "/arcus/client_list",
          "/arcus/cache_server_mapping", "/arcus/cache_server_log"}) {
      const auto made = zk_->create(path, "", zk::CreateMode::kPersistent, soon());
      ASSERT_TRUE(made.ok() || made.error().code == ErrorCode::kExists) << made.error().message;
    }
  }

  // The address is only known once the engine listens; until it is registered it finds no mapping.
  // So the host name's own mapping is used, which is there before.
  EngineOptions member() {
    const std::string mapping = "/arcus/cache_server_mapping/127.0.0.1";
    for (const std::string& path : {mapping, mapping + "/cloud"}) {
      const auto made = zk_->create(path, "", zk::CreateMode::kPersistent, soon());
      EXPECT_TRUE(made.ok() || made.error().code == ErrorCode::kExists) << made.error().message;
    }
    EngineOptions options;
    options.arguments = {"-z", server().servers(), "-t", "2", "-m", "32"};
    options.environment = {{"ARCUS_CACHE_PUBLIC_IP", "127.0.0.1"},
                           {"ARCUS_CACHE_HOSTNAME_OVERWRITE", "box"}};
    return options;
  }

  std::vector<std::string> nodes() {
    const auto children = zk_->children("/arcus/cache_list/cloud", soon());
    return children ? children->names : std::vector<std::string>{"(error)"};
  }
};

TEST_F(CloudTest, JoinsTellsItsSessionAndLeavesAtOnce) {
  EngineProcess engine(member());
  const std::string name = "127.0.0.1:" + std::to_string(engine.port()) + "-box";
  const std::string ready = engine.ready_line(10000);
  ASSERT_EQ(nodes(), std::vector<std::string>{name}) << engine.log();
  const auto znode = zk_->get("/arcus/cache_list/cloud/" + name, soon());
  ASSERT_TRUE(znode.ok());
  EXPECT_EQ(znode->data, "32MB");
  char expected[256];
  std::snprintf(expected, sizeof expected, "ready %llx %s\n",
                static_cast<unsigned long long>(znode->stat.ephemeral_owner), name.c_str());
  EXPECT_EQ(ready, expected);

  Client client(engine);
  EXPECT_EQ(client.ask("ready\r\n"), "READY\r\n");
  EXPECT_EQ(client.ask("zkensemble get\r\n"), server().servers() + "\r\n");
  EXPECT_EQ(client.ask("zkensemble rejoin\r\n"), "ERROR failed to rejoin ensemble\r\n");
  EXPECT_EQ(client.ask("config zkfailstop\r\n", "END\r\n"), "zkfailstop on\r\nEND\r\n");
  const std::string stats = client.ask("stats zookeeper\r\n", "END\r\n");
  for (const char* line : {"zk_libversion 3.", "zk_failstop on", "zk_connected true",
                           "zk_ready true", "zk_timeout "}) {
    EXPECT_NE(stats.find(line), std::string::npos) << stats;
  }

  engine.signal(SIGTERM);
  EXPECT_EQ(engine.wait_exit(5000), 0);
  EXPECT_TRUE(nodes().empty());
}

TEST_F(CloudTest, ANodeThatIsNotRegisteredExitsAndSaysSo) {
  EngineOptions options = member();
  options.environment[0].second = "127.0.0.99";
  options.environment[1].second = "elsewhere";
  EngineProcess engine(std::move(options));
  EXPECT_EQ(engine.wait_exit(10000), kExitNotJoined);
  EXPECT_NE(engine.log().find("127.0.0.99"), std::string::npos) << engine.log();
  EXPECT_EQ(engine.ready_line(100), "");
}

TEST_F(CloudTest, StopsWithItsOwnStatusWhenItsZnodeIsTakenAway) {
  EngineProcess engine(member());
  ASSERT_NE(engine.ready_line(10000), "");
  const std::string name = "127.0.0.1:" + std::to_string(engine.port()) + "-box";
  ASSERT_TRUE(zk_->remove("/arcus/cache_list/cloud/" + name, -1, soon()).ok());
  EXPECT_EQ(engine.wait_exit(10000), kExitSessionExpired) << engine.log();
}

TEST_F(CloudTest, WithFailstopOffItStaysEmptyAndNotReady) {
  EngineProcess engine(member());
  ASSERT_NE(engine.ready_line(10000), "");
  Client client(engine);
  EXPECT_EQ(client.ask("config zkfailstop off\r\n"), "END\r\n");
  EXPECT_EQ(client.ask("set a 0 0 1\r\na\r\n"), "STORED\r\n");
  const std::string name = "127.0.0.1:" + std::to_string(engine.port()) + "-box";
  ASSERT_TRUE(zk_->remove("/arcus/cache_list/cloud/" + name, -1, soon()).ok());
  for (int i = 0; i < 1000 && client.ask("get a\r\n", "END\r\n") != "END\r\n"; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(client.ask("get a\r\n", "END\r\n"), "END\r\n");
  EXPECT_EQ(client.ask("ready\r\n"), "NOT_READY\r\n");
  EXPECT_FALSE(engine.wait_exit(0));
  engine.signal(SIGTERM);
  EXPECT_EQ(engine.wait_exit(5000), 0);
}

TEST_F(CloudTest, RejoinsEmptyWhenItIsTold) {
  EngineProcess engine(member());
  ASSERT_NE(engine.ready_line(10000), "");
  Client client(engine);
  EXPECT_EQ(client.ask("zkensemble rejoin\r\n"), "ERROR failed to rejoin ensemble\r\n");
  EXPECT_EQ(client.ask("config zkfailstop off\r\n"), "END\r\n");
  EXPECT_EQ(client.ask("set a 0 0 1\r\na\r\n"), "STORED\r\n");
  const std::string name = "127.0.0.1:" + std::to_string(engine.port()) + "-box";
  ASSERT_TRUE(zk_->remove("/arcus/cache_list/cloud/" + name, -1, soon()).ok());
  for (int i = 0; i < 1000 && client.ask("ready\r\n") == "READY\r\n"; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(client.ask("set a 0 0 1\r\na\r\n"), "STORED\r\n");
  EXPECT_EQ(client.ask("zkensemble rejoin\r\n"), "Successfully rejoined\r\n") << engine.log();
  EXPECT_EQ(client.ask("ready\r\n"), "READY\r\n");
  EXPECT_EQ(client.ask("get a\r\n", "END\r\n"), "END\r\n");
  const auto found = nodes();
  EXPECT_NE(std::find(found.begin(), found.end(), name), found.end());
  EXPECT_EQ(client.ask("zkensemble rejoin\r\n"), "ERROR failed to rejoin ensemble\r\n");
}

TEST_F(CloudTest, MovesToOtherServersOfTheEnsemble) {
  EngineProcess engine(member());
  ASSERT_NE(engine.ready_line(10000), "");
  Client client(engine);
  const std::string servers = server().servers();
  const std::string other = "localhost" + servers.substr(servers.find(':'));
  EXPECT_EQ(client.ask("zkensemble set " + other + "\r\n"), "OK\r\n") << engine.log();
  EXPECT_EQ(client.ask("zkensemble get\r\n"), other + "\r\n");
  const std::string failed = "ERROR failed to set the new ensemble address (check logs)\r\n";
  EXPECT_EQ(client.ask("zkensemble set nonsense\r\n"), failed);
  EXPECT_EQ(client.ask("zkensemble set " + servers + ",,\r\n"), failed);
  EXPECT_EQ(client.ask("zkensemble get\r\n"), other + "\r\n");
  EXPECT_EQ(client.ask("zkensemble set\r\n"), "CLIENT_ERROR bad command line format\r\n");
  EXPECT_EQ(client.ask("ready\r\n"), "READY\r\n");
  const auto found = nodes();
  const std::string name = "127.0.0.1:" + std::to_string(engine.port()) + "-box";
  EXPECT_NE(std::find(found.begin(), found.end(), name), found.end());
}

TEST_F(CloudTest, ItsUsersAreThoseOfTheGroupThatTheCloudIsMappedTo) {
  for (const auto& [path, data] : std::vector<std::pair<std::string, std::string>>{
           {"/arcus_acl", ""},
           {"/arcus_acl/of-cloud", ""},
           {"/arcus_acl/of-cloud/alice", "kv"},
           {"/arcus_acl_mapping", ""},
           {"/arcus_acl_mapping/cloud", "of-cloud"}}) {
    const auto made = zk_->create(path, data, zk::CreateMode::kPersistent, soon());
    ASSERT_TRUE(made.ok() || made.error().code == ErrorCode::kExists) << made.error().message;
  }
  EngineOptions options = member();
  options.arguments.push_back("-S");
  EngineProcess engine(options);
  ASSERT_NE(engine.ready_line(10000), "") << engine.log();
  Client client(engine);
  EXPECT_EQ(client.ask("ready\r\n"), "READY\r\n");
  EXPECT_EQ(client.ask("sasl mech\r\n"), "SASL_MECH SCRAM-SHA-256\r\n");
  EXPECT_EQ(client.ask("get a\r\n"), "CLIENT_ERROR unauthorized\r\n");
  EXPECT_NE(engine.log().find("read 1 users"), std::string::npos) << engine.log();

  ASSERT_TRUE(zk_->remove("/arcus_acl_mapping/cloud", -1, soon()).ok());
  EngineProcess unmapped(options);
  EXPECT_EQ(unmapped.wait_exit(15000), 69);
  EXPECT_NE(unmapped.log().find("finding the cloud's ACL group"), std::string::npos);
}

TEST_F(CloudTest, ServesAndStopsWhileItCannotReachTheEnsemble) {
  EngineOptions options = member();
  options.arguments[1] = "127.0.0.1:1";
  EngineProcess engine(std::move(options));
  Client client(engine);
  EXPECT_EQ(client.ask("ready\r\n"), "NOT_READY\r\n");
  engine.signal(SIGTERM);
  EXPECT_EQ(engine.wait_exit(5000), 0);
}

}  // namespace
}  // namespace arcus::tests
