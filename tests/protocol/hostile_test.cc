// Clients that mean no good, or that are slow or many: the engine must go on serving the others,
// within its memory, with nobody's bytes in anybody else's replies.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/protocol/engine_process.h"

namespace arcus::tests {
namespace {

bool sanitized() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#else
  return false;
#endif
}

class HostileTest : public testing::Test {
 protected:
  // Every test ends with the engine as well as before.
  void expect_serving() {
    Client client(engine_);
    EXPECT_EQ(client.ask("set alive 0 0 3\r\nyes\r\n"), "STORED\r\n");
    EXPECT_EQ(client.ask("get alive\r\n", "END\r\n"), "VALUE alive 0 3\r\nyes\r\nEND\r\n");
  }

  EngineProcess engine_{{.arguments = {"-t", "2", "-m", "64"}}};
};

TEST_F(HostileTest, AnEndlessLineIsCutOff) {
  Client client(engine_);
  const std::string piece(4096, 'x');
  for (int i = 0; i < 100 && !client.closed_by_peer(0); ++i) client.send_some(piece);
  EXPECT_EQ(client.line(), "CLIENT_ERROR line too long");
  expect_serving();
}

TEST_F(HostileTest, AnEndlessListOfKeysIsAnsweredWithoutBeingKept) {
  Client client(engine_);
  client.send("get");
  std::string piece;
  for (int i = 0; i < 1000; ++i) piece += " missing" + std::to_string(i);
  const std::size_t before = engine_.resident_bytes();
  for (int i = 0; i < 2000; ++i) client.send(piece);
  if (!sanitized()) {
    EXPECT_LT(engine_.resident_bytes(), before + (4 << 20));
  }
  EXPECT_EQ(client.ask("\r\n"), "END\r\n");
  expect_serving();
}

TEST_F(HostileTest, LengthsThatCannotBeAreErrors) {
  for (const char* length : {"-1", "-2147483648", "2147483647", "4294967295", "4294967296",
                             "9223372036854775807", "18446744073709551616", "1e9", "0x10", ""}) {
    Client client(engine_);
    EXPECT_NE(client.ask("set a 0 0 " + std::string(length) + "\r\n").find("ERROR"),
              std::string::npos)
        << length;
  }
  expect_serving();
}

TEST_F(HostileTest, AnyByteMayBeInAKey) {
  Client client(engine_);
  const std::string key("a\0b\xff\t", 5);
  EXPECT_EQ(client.ask("set " + key + " 0 0 1\r\nx\r\n"), "STORED\r\n");
  EXPECT_EQ(client.ask("get " + key + "\r\n", "END\r\n"), "VALUE " + key + " 0 1\r\nx\r\nEND\r\n");
  EXPECT_EQ(client.ask("get a\r\n"), "END\r\n");
}

TEST_F(HostileTest, HalfRequestsThatEndAreForgotten) {
  for (const char* half : {"", "s", "set a 0 0 5", "set a 0 0 5\r", "set a 0 0 5\r\n",
                           "set a 0 0 5\r\nab", "set a 0 0 5\r\nabcde\r", "get a", "get a\r"}) {
    Client client(engine_);
    client.send(half);
  }
  Client client(engine_);
  EXPECT_EQ(client.ask("get a\r\n"), "END\r\n");
}

TEST_F(HostileTest, OneByteAtATimeIsARequestToo) {
  Client client(engine_);
  for (const char c : std::string("set a 0 0 5\r\nab\r\nc\r\nget a\r\nquit\r\n")) {
    client.send(std::string(1, c));
  }
  EXPECT_EQ(client.receive(100), "STORED\r\nVALUE a 0 5\r\nab\r\nc\r\nEND\r\n");
  EXPECT_TRUE(client.closed_by_peer());
}

TEST_F(HostileTest, GarbageIsAnsweredAndPassedOver) {
  Client client(engine_);
  std::string garbage;
  std::uint32_t random = 7;
  for (int i = 0; i < 200'000; ++i) {
    random = random * 1664525 + 1013904223;
    const char c = static_cast<char>(random >> 24);
    garbage += i % 50 == 49 ? '\n' : c;
  }
  std::thread sender([&] { client.send(garbage + "version\r\n"); });
  std::string line = client.line();
  while (!line.empty() && !line.starts_with("VERSION")) line = client.line();
  sender.join();
  EXPECT_TRUE(line.starts_with("VERSION")) << line;
  expect_serving();
}

TEST_F(HostileTest, AClientThatNeverReadsDoesNotGrowTheEngine) {
  Client victim(engine_);
  const std::string value(1'000'000, 'v');
  EXPECT_EQ(victim.ask("set big 0 0 1000000\r\n" + value + "\r\n"), "STORED\r\n");
  const std::size_t before = engine_.resident_bytes();
  std::vector<std::unique_ptr<Client>> sleepers;
  for (int i = 0; i < 20; ++i) {
    sleepers.push_back(std::make_unique<Client>(engine_));
    std::string requests;
    for (int n = 0; n < 5000; ++n) requests += "get big big big\r\n";
    sleepers.back()->send_some(requests);
  }
  expect_serving();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  expect_serving();
  if (!sanitized()) {
    EXPECT_LT(engine_.resident_bytes(), before + (32 << 20));
  }
  // And when it reads after all, it gets everything.
  Client& late = *sleepers[0];
  const std::string one = "VALUE big 0 1000000\r\n" + value + "\r\n";
  EXPECT_TRUE(late.receive(3 * one.size() + 5) == one + one + one + "END\r\n");
  EXPECT_TRUE(late.receive(one.size()) == one);
}

TEST_F(HostileTest, ASlowReaderGetsALongPipelineWhole) {
  Client client(engine_);
  const std::string value(20'000, 'p');  // large enough to be sent from where it lies
  EXPECT_EQ(client.ask("set p 0 0 20000\r\n" + value + "\r\n"), "STORED\r\n");
  EXPECT_EQ(client.ask("set s 0 0 1\r\ns\r\n"), "STORED\r\n");
  constexpr int kRequests = 3000;
  std::thread sender([&] {
    std::string requests;
    for (int i = 0; i < kRequests; ++i) requests += "get p s\r\nset s 0 0 1\r\ns\r\n";
    client.send(requests);
  });
  const std::string one =
      "VALUE p 0 20000\r\n" + value + "\r\nVALUE s 0 1\r\ns\r\nEND\r\nSTORED\r\n";
  int right = 0;
  for (int i = 0; i < kRequests; ++i) {
    if (client.receive(one.size()) == one) ++right;
    if (i == 10) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  sender.join();
  EXPECT_EQ(right, kRequests);
}

// The value of one line of `stats`.
std::size_t stat(Client& client, const std::string& name) {
  const std::string text = client.ask("stats\r\n", "END\r\n");
  const std::string begin = "STAT " + name + " ";
  const std::size_t at = text.find(begin);
  EXPECT_NE(at, std::string::npos) << name;
  return at == std::string::npos ? 0 : std::strtoull(text.c_str() + at + begin.size(), nullptr, 10);
}

TEST_F(HostileTest, ConnectionsOpenedAndDroppedLeaveNothing) {
  // Only what the engine says of itself tells when it has seen all of them; on a busy machine that
  // may take a while, and nothing is wrong.
  Client observer(engine_);
  EXPECT_EQ(stat(observer, "curr_connections"), 1u);
  const std::size_t before = engine_.open_descriptors();
  std::size_t resident = 0;
  constexpr int kConnections = 10'000;
  for (int i = 0; i < kConnections; ++i) {
    if (i == kConnections / 2) resident = engine_.resident_bytes();
    Client client(engine_);
    if (i % 3 == 0) client.send("get a\r\nset b 0 0 1000\r\nhalf");
    if (i % 3 == 1) client.send("get half");
  }
  const auto seen = [&] {
    return stat(observer, "total_connections") + stat(observer, "rejected_connections");
  };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (seen() < kConnections + 1 || stat(observer, "curr_connections") > 1 ||
         engine_.open_descriptors() > before) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline)
        << seen() << " seen, " << stat(observer, "curr_connections") << " still there";
  }
  if (!sanitized()) {
    EXPECT_LT(engine_.resident_bytes(), resident + (1 << 20));
  }
  expect_serving();
}

TEST_F(HostileTest, ManyClientsAtOnceSeeOnlyTheirOwn) {
  std::vector<std::thread> clients;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t) {
    clients.emplace_back([&, t] {
      Client client(engine_);
      const std::string key = "client" + std::to_string(t);
      for (int i = 0; i < 500; ++i) {
        const std::string value((static_cast<std::size_t>(i) * 97) % 30000,
                                static_cast<char>('a' + t));
        const std::string size = std::to_string(value.size());
        const std::string expected =
            "STORED\r\nVALUE " + key + " 0 " + size + "\r\n" + value + "\r\nEND\r\n";
        client.send("set " + key + " 0 0 " + size + "\r\n" + value + "\r\nget " + key + "\r\n");
        if (client.receive(expected.size()) != expected) ++wrong;
      }
    });
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(wrong, 0);
}

// Clients of other machines, as far as the engine can tell.
constexpr const char* kElsewhere = "127.0.0.2";
constexpr const char* kTooMany = "ERROR Too many open connections";

TEST(ConnectionLimit, IsAnsweredWithALineAndGivesWayAgain) {
  const EngineProcess engine({.arguments = {"-c", "2", "-t", "1"}});
  Client first(engine, kElsewhere);
  EXPECT_NE(first.ask("version\r\n"), "");
  {
    Client second(engine, kElsewhere);
    EXPECT_NE(second.ask("version\r\n"), "");
    Client third(engine, kElsewhere);
    EXPECT_EQ(third.line(), kTooMany);
    EXPECT_TRUE(third.closed_by_peer());
    EXPECT_EQ(stat(first, "rejected_connections"), 1u);
  }
  for (int i = 0; i < 500; ++i) {
    Client again(engine, kElsewhere);
    if (again.ask("version\r\n").starts_with("VERSION")) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  FAIL() << "a connection that was closed is still counted";
}

TEST(ConnectionLimit, LetsAFewInFromTheMachineItself) {
  const EngineProcess engine({.arguments = {"-c", "2", "-t", "2"}});
  Client first(engine, kElsewhere);
  EXPECT_NE(first.ask("version\r\n"), "");
  Client second(engine, kElsewhere);
  EXPECT_NE(second.ask("version\r\n"), "");
  std::vector<std::unique_ptr<Client>> reserve;
  for (int i = 0; i < 16; ++i) {
    reserve.push_back(std::make_unique<Client>(engine));
    EXPECT_TRUE(reserve.back()->ask("version\r\n").starts_with("VERSION")) << i;
    EXPECT_EQ(Client(engine, kElsewhere).line(), kTooMany);
  }
  EXPECT_EQ(Client(engine).line(), kTooMany);
  EXPECT_EQ(stat(*reserve[0], "curr_connections"), 18u);
  EXPECT_EQ(stat(*reserve[0], "rejected_connections"), 17u);
}

TEST(IdleConnections, CostAboutNothing) {
  if (sanitized()) GTEST_SKIP() << "measures memory";
  const EngineProcess engine({.arguments = {"-c", "4000", "-t", "2"}});
  std::vector<std::unique_ptr<Client>> idle;
  const auto open = [&](int count) {
    for (int i = 0; i < count; ++i) {
      idle.push_back(std::make_unique<Client>(engine));
      idle.back()->ask("get nothing\r\n");
    }
  };
  open(10);
  const std::size_t before = engine.resident_bytes();
  constexpr std::size_t kMore = 800;  // of the 1024 descriptors that a process has by default
  open(kMore);
  // A connection takes about 100 bytes; the rest is what malloc takes for the first of its kind.
  EXPECT_LT(engine.resident_bytes() - before, kMore * 300);
}

}  // namespace
}  // namespace arcus::tests
