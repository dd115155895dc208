// A worker with its thread, and clients at the other ends of socket pairs.
#include "daemon/net/worker.h"

#include <gtest/gtest.h>

#include <charconv>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/daemon/net/net_test.h"

namespace arcus::daemon {
namespace {

class WorkerTest : public testing::Test {
 protected:
  WorkerTest() : engine_(config(), "1.2.3", clock_), worker_(std::make_unique<Worker>(engine_)) {}

  static Config config() {
    Config config;
    config.requests_per_event = 1;
    return config;
  }

  Peer connect(int buffer = 0) {
    auto [peer, end] = Peer::connect(buffer);
    ++engine_.connections().current;
    worker_->add(std::move(end));
    return std::move(peer);
  }
  // By the state that is shown, how many there are.
  std::map<std::string, int> states() const {
    std::map<std::string, int> count;
    std::size_t slot = 0;
    while (worker_->visit(slot,
                          [&](const ConnectionView& view) { ++count[std::string(view.state)]; })) {
    }
    return count;
  }

  // Waits for something that the worker's thread is about to do.
  static bool until(const std::function<bool()>& holds) {
    const Deadline deadline = Deadline::in(std::chrono::seconds(20));
    while (!holds()) {
      if (deadline.passed()) return false;
      std::this_thread::yield();
    }
    return true;
  }

  FakeClock clock_;
  Engine engine_;
  std::unique_ptr<Worker> worker_;
};

constexpr std::string_view kVersion = "VERSION 1.2.3\r\n";

TEST_F(WorkerTest, ServesOthersWhileOneHasAThousandRequestsWaiting) {
  Peer greedy = connect();
  Peer modest = connect();
  std::string requests = "set n 0 0 1\r\n0\r\n";
  for (int i = 0; i < 1000; ++i) requests += "incr n 1\r\n";
  greedy.send(requests);
  modest.send("get n\r\n");
  ASSERT_TRUE(worker_->start());
  const std::string answer = modest.wait_for(21);
  ASSERT_TRUE(answer.ends_with("\r\nEND\r\n")) << answer;
  // Both had their requests there from the start: the greedy one has had a turn or two.
  int done = 0;
  const std::size_t at = answer.find("\r\n") + 2;
  std::from_chars(answer.data() + at, answer.data() + answer.size(), done);
  EXPECT_LE(done, 2 * static_cast<int>(Batch::kMost));
}

TEST_F(WorkerTest, DropsAReaderThatTakesNothing) {
  ASSERT_TRUE(worker_->start());
  Peer slow = connect();
  const std::string value(500'000, 'v');
  slow.send("set a 0 0 500000\r\n" + value + "\r\n");
  EXPECT_EQ(slow.wait_for(8), "STORED\r\n");
  slow.send("get a\r\n");
  EXPECT_TRUE(until([this] { return states()["conn_mwrite"] == 1; }));

  clock_.passed = kSlowReaderPatience - 1;
  Peer other = connect();
  other.send("version\r\n");
  EXPECT_EQ(other.wait_for(kVersion.size()), kVersion);
  EXPECT_EQ(worker_->load(), 2u);

  clock_.passed = kSlowReaderPatience;
  other.send("version\r\n");
  EXPECT_EQ(other.wait_for(kVersion.size()), kVersion);
  EXPECT_TRUE(slow.closed());
  EXPECT_TRUE(until([this] { return worker_->load() == 1; }));
  EXPECT_EQ(engine_.connections().current, 1u);
  EXPECT_EQ(engine_.command_stats().slow_readers_dropped, 1u);
}

TEST_F(WorkerTest, KeepsAClientThatIsSilentForEver) {
  ASSERT_TRUE(worker_->start());
  Peer silent = connect();
  silent.send("set a 0 0 10\r\nhalf");
  EXPECT_TRUE(until([this] { return states()["conn_nread"] == 1; }));
  clock_.passed = 1000 * kSlowReaderPatience;
  silent.send(" a ten\r\n");
  EXPECT_EQ(silent.wait_for(8), "STORED\r\n");
}

TEST_F(WorkerTest, ShowsItsConnections) {
  ASSERT_TRUE(worker_->start());
  std::vector<Peer> clients;
  for (int i = 0; i < 100; ++i) clients.push_back(connect());
  clients[0].send("set a 0 0 10\r\nhalf");
  EXPECT_TRUE(until([this] {
    const auto count = states();
    return count == std::map<std::string, int>{{"conn_read", 99}, {"conn_nread", 1}};
  }));
  clock_.passed = 7;
  clients[1].send("version\r\n");
  EXPECT_EQ(clients[1].wait_for(kVersion.size()), kVersion);
  int active = 0;
  std::size_t slot = 0;
  int steps = 0;
  bool more = true;
  for (; more; ++steps) {
    more = worker_->visit(slot, [&](const ConnectionView& view) {
      EXPECT_TRUE(view.idle == 0 || view.idle == 7) << view.idle;
      if (view.idle == 0) ++active;
      EXPECT_EQ(view.peer, "unix:");
    });
  }
  EXPECT_EQ(active, 1);
  EXPECT_GT(steps, 2);  // each a bounded piece of work
  while (clients.size() > 40) clients.pop_back();
  EXPECT_TRUE(until([this] { return worker_->load() == 40; }));
}

TEST_F(WorkerTest, TakesItsConnectionsWithIt) {
  ASSERT_TRUE(worker_->start());
  Peer client = connect();
  client.send("version\r\n");
  EXPECT_EQ(client.wait_for(kVersion.size()), kVersion);
  worker_.reset();
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(engine_.connections().current, 0u);
}

}  // namespace
}  // namespace arcus::daemon
