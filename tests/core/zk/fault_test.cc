// What the client does when ZooKeeper fails: these tests break a server of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include "core/zk/client.h"
#include "tests/support/zookeeper_fixture.h"

namespace arcus::zk {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using tests::connected;
using tests::soon;
using tests::ZooKeeperServer;

std::chrono::milliseconds took(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               start);
}

bool eventually(const std::function<bool()>& condition) {
  const Deadline deadline = Deadline::in(8s);
  while (!condition()) {
    if (deadline.passed()) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

class FaultTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (ZooKeeperServer::available()) server_ = std::make_unique<ZooKeeperServer>();
  }
  static void TearDownTestSuite() { server_.reset(); }
  void SetUp() override {
    if (!server_) GTEST_SKIP() << "needs libzookeeper-java and a JRE";
  }
  std::unique_ptr<Client> client(Options options = {}) {
    options.servers = server_->servers();
    return connected(std::move(options));
  }

  static inline std::unique_ptr<ZooKeeperServer> server_;
};

TEST_F(FaultTest, GivesUpOnAMuteServerAtTheDeadline) {
  auto zk = client();
  server_->pause();
  Result<Znode> answer = invalid("not run");
  EXPECT_LT(took([&] { answer = zk->get("/", Deadline::in(200ms)); }), 400ms);
  EXPECT_EQ(answer.error().code, ErrorCode::kTimeout);
  EXPECT_TRUE(answer.error().retryable);
  EXPECT_LT(took([&] {
              for (const auto& each :
                   zk->get_all(std::vector<std::string>(10'000, "/"), Deadline::in(200ms))) {
                EXPECT_FALSE(each.ok());
              }
            }),
            600ms);
  server_->unpause();
  // The answers that come now are to nobody; the session goes on.
  EXPECT_TRUE(zk->get("/", soon()).ok());
}

TEST_F(FaultTest, ConnectsToNoMuteServer) {
  server_->pause();
  Result<std::unique_ptr<Client>> result = invalid("not run");
  EXPECT_LT(
      took([&] { result = Client::connect({.servers = server_->servers()}, Deadline::in(300ms)); }),
      800ms);
  EXPECT_EQ(result.error().code, ErrorCode::kTimeout);
  server_->unpause();
}

TEST_F(FaultTest, ClosesWithinTwoSecondsWhenTheServerIsMute) {
  auto zk = client();
  server_->pause();
  EXPECT_LT(took([&] { zk->close(); }), 2000ms);
  server_->unpause();
}

TEST_F(FaultTest, EndsTheWaitOfAnotherThreadWhenClosed) {
  auto zk = client();
  server_->pause();
  Result<Znode> answer = invalid("not run");
  std::thread waiting([&] { answer = zk->get("/", Deadline::in(30s)); });
  std::this_thread::sleep_for(50ms);
  EXPECT_LT(took([&] {
              zk->close();
              waiting.join();
            }),
            2000ms);
  EXPECT_FALSE(answer.ok());
  server_->unpause();
}

TEST_F(FaultTest, TellsThatTheConnectionIsLostAndThere) {
  std::atomic<int> connects = 0;
  std::atomic<int> losses = 0;
  Options options;
  options.on_state = [&](SessionState state) {
    if (state == SessionState::kConnected) ++connects;
    if (state == SessionState::kConnecting) ++losses;
  };
  auto zk = client(options);
  std::atomic<int> fired = 0;
  ASSERT_TRUE(zk->children("/", soon(), [&] { ++fired; }).ok());
  server_->kill();
  EXPECT_TRUE(eventually([&] { return losses > 0; }));
  EXPECT_TRUE(eventually([&] { return fired == 1; })) << "a session event fires the watch";
  EXPECT_EQ(zk->get("/", Deadline::in(1s)).error().code, ErrorCode::kUnreachable);
  server_->start();
  EXPECT_TRUE(eventually([&] { return connects == 2; }));
  EXPECT_TRUE(zk->get("/", soon()).ok());
  ASSERT_TRUE(zk->create("/after-restart", "", CreateMode::kEphemeral, soon()).ok());
  ASSERT_TRUE(zk->sync("/", soon()).ok());
  EXPECT_EQ(fired, 1);
}

TEST_F(FaultTest, TellsThatZooKeeperExpiredTheSession) {
  std::atomic<bool> expired = false;
  Options options;
  options.on_state = [&](SessionState state) {
    if (state == SessionState::kExpired) expired = true;
  };
  auto zk = client(options);
  tests::expire(server_->servers(), zk->session());
  EXPECT_TRUE(eventually([&] { return expired.load(); }));
  EXPECT_EQ(zk->state(), SessionState::kExpired);
  EXPECT_EQ(zk->get("/", soon()).error().code, ErrorCode::kInternal);
  EXPECT_LT(took([&] { zk->close(); }), 500ms);
}

TEST_F(FaultTest, AbandonsAConnectionThatIsDown) {
  auto zk = client();
  server_->kill();
  EXPECT_LT(took([&] { zk->abandon(); }), 1500ms);
  server_->start();
}

TEST_F(FaultTest, GoesOverToOtherServers) {
  ZooKeeperServer other;
  // A server refuses clients that have seen more transactions than it.
  auto writer = connected({.servers = other.servers()});
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(writer->create("/n-", "", CreateMode::kPersistentSequential, soon()).ok());
  }
  std::atomic<bool> expired = false;
  Options options;
  options.on_state = [&](SessionState state) {
    if (state == SessionState::kExpired) expired = true;
  };
  auto zk = client(options);
  const Status unknown = zk->set_servers("no-such-host.invalid:2181");
  EXPECT_FALSE(unknown.ok());
  EXPECT_TRUE(eventually([&] { return zk->get("/", soon()).ok(); })) << "back to the old servers";
  ASSERT_TRUE(zk->set_servers(other.servers()).ok());
  // That server never heard of the session: only it can say so.
  EXPECT_TRUE(eventually([&] { return expired.load(); }));
}

TEST(FourLetterWord, BringsTheWholeAnswerOrSaysWhyNot) {
  if (!ZooKeeperServer::available()) GTEST_SKIP() << "needs libzookeeper-java and a JRE";
  ZooKeeperServer server({.four_letter_words = "ruok, mntr"});
  const std::uint16_t port = server.port();
  EXPECT_EQ(*four_letter_word("127.0.0.1", port, "ruok", soon()), "imok");
  EXPECT_THAT(*four_letter_word("localhost", port, "mntr", soon()),
              HasSubstr("zk_server_state\tstandalone"));
  const auto refused = four_letter_word("127.0.0.1", port, "cons", soon());
  EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("4lw.commands.whitelist"));

  server.pause();
  const auto mute = four_letter_word("127.0.0.1", port, "ruok", Deadline::in(200ms));
  EXPECT_EQ(mute.error().code, ErrorCode::kTimeout);
  server.kill();
  const auto dead = four_letter_word("127.0.0.1", port, "ruok", soon());
  EXPECT_EQ(dead.error().code, ErrorCode::kUnreachable);
  EXPECT_THAT(dead.error().message,
              StartsWith("asking 127.0.0.1:" + std::to_string(port) + " for ruok: "));
}

TEST(Ensemble, GoesOnWhenOneOfThreeServersDies) {
  if (!ZooKeeperServer::available()) GTEST_SKIP() << "needs libzookeeper-java and a JRE";
  ZooKeeperServer ensemble({.servers = 3});
  auto zk = connected({.servers = ensemble.servers()});
  ASSERT_TRUE(zk->create("/e", "", CreateMode::kEphemeral, soon()).ok());

  int follower = 0;
  while (ensemble.ask("srvr", follower).find("Mode: follower") == std::string::npos) ++follower;
  ensemble.kill(follower);
  EXPECT_TRUE(eventually([&] { return zk->exists("/e", Deadline::in(1s)).ok(); }));

  // Whichever server it tries first, a new session comes up within its deadline.
  ensemble.start(follower);
  ensemble.pause(follower);
  for (int i = 0; i < 4; ++i) {
    const auto one = Client::connect({.servers = ensemble.servers()}, Deadline::in(5s));
    EXPECT_TRUE(one.ok());
  }
  ensemble.unpause(follower);
}

}  // namespace
}  // namespace arcus::zk
