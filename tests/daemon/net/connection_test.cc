// A connection over a socket pair, without a worker: the test says when it is its turn.
#include "daemon/net/connection.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/daemon/net/net_test.h"

namespace arcus::daemon {
namespace {

class ConnectionTest : public testing::Test {
 protected:
  ConnectionTest()
      : engine_(Config(), "1.2.3"),
        place_(new Workplace{engine_, engine_.new_thread_stats(), 20, engine_.now()}) {
    reconnect();
  }

  void reconnect() {
    auto [peer, end] = Peer::connect();
    client_ = std::move(peer);
    connection_ = std::make_unique<Connection>(std::move(end), place_->now);
  }

  // Serves what was sent, as a worker would.
  Wish serve() {
    Wish wish = connection_->readable(*place_);
    while (wish == Wish::kAgain) wish = connection_->again(*place_);
    return wish;
  }
  // Takes what comes and lets the connection go on, until it wants to read.
  std::string drain(Wish wish) {
    std::string all = client_.received();
    for (int rounds = 0; wish != Wish::kRead && rounds < 10'000; ++rounds) {
      wish = wish == Wish::kWrite ? connection_->writable(*place_) : connection_->again(*place_);
      all += client_.received();
    }
    EXPECT_EQ(wish, Wish::kRead);
    return all;
  }
  // What somebody else is told meanwhile.
  std::string ask_elsewhere(std::string_view request) {
    auto [peer, end] = Peer::connect();
    Connection other(std::move(end), place_->now);
    peer.send(request);
    other.readable(*place_);
    return peer.received();
  }
  // In pieces that a socket takes.
  void store(const std::string& key, const std::string& value) {
    const std::string request =
        "set " + key + " 0 0 " + std::to_string(value.size()) + "\r\n" + value + "\r\n";
    for (std::size_t at = 0; at < request.size(); at += 10'000) {
      client_.send(std::string_view(request).substr(at, 10'000));
      serve();
    }
    EXPECT_EQ(client_.received(), "STORED\r\n");
  }

  Engine engine_;
  std::unique_ptr<Workplace> place_;
  Peer client_;
  std::unique_ptr<Connection> connection_;
};

struct Talk {
  std::string requests;
  std::string answers;
};

// Everything that a batch can trip over: values that came with their line or did not, lines that
// are no good in front of what would have been their value, commands that are none.
Talk talk() {
  const std::string large(5000, 'v');
  Talk talk;
  const auto say = [&talk](const std::string& request, const std::string& answer) {
    talk.requests += request;
    talk.answers += answer;
  };
  say("set a 5 0 6\r\nab\r\ncd\r\n", "STORED\r\n");
  say("get a none\r\n", "VALUE a 5 6\r\nab\r\ncd\r\nEND\r\n");
  say("set a 0 0 2 noreply\r\nxxxx\r\n", "ERROR unknown command\r\n");
  say("set a x 0 3\r\nget\r\n",
      "CLIENT_ERROR bad command line format\r\nERROR unknown command\r\n");
  say("set a 0 0 -1\r\n\r\n", "CLIENT_ERROR bad command line format\r\nERROR unknown command\r\n");
  say("set e 0 0 0\r\n\r\nget e\r\n", "STORED\r\nVALUE e 0 0\r\n\r\nEND\r\n");
  say("nonsense 0 0 9\r\nget  e\n", "ERROR unknown command\r\nVALUE e 0 0\r\n\r\nEND\r\n");
  say("set n 0 0 1\r\n5\r\nincr n 6\r\nappend n 0 0 1\r\n0\r\n", "STORED\r\n11\r\nSTORED\r\n");
  say("gets n\r\ndelete n\r\nget n\r\n", "");
  say("set l 1 0 5000\r\n" + large + "\r\nget l\r\n",
      "STORED\r\nVALUE l 1 5000\r\n" + large + "\r\nEND\r\n");
  say("set l 0 0 3\r\nabcdef\r\n", "CLIENT_ERROR bad data chunk\r\nERROR unknown command\r\n");
  say("set z 0 0 2000000 noreply\r\n", "");
  return talk;
}

// A CAS id is whatever it is.
std::string without_cas(const std::string& answers) {
  const std::string begin = "VALUE n 0 3 ";
  const std::size_t at = answers.find(begin);
  if (at == std::string::npos) return answers;
  const std::string end = "110\r\nEND\r\nDELETED\r\nEND\r\n";
  const std::size_t until = answers.find(end, at);
  if (until == std::string::npos) return answers;
  return answers.substr(0, at) + answers.substr(until + end.size());
}

TEST_F(ConnectionTest, AnswersTheSameWhereverTheBytesAreCut) {
  const auto [requests, answers] = talk();
  for (std::size_t cut = 1; cut < requests.size(); ++cut) {
    reconnect();
    client_.send(requests.substr(0, cut));
    EXPECT_EQ(serve(), Wish::kRead);
    client_.send(requests.substr(cut));
    EXPECT_EQ(serve(), Wish::kRead);
    ASSERT_EQ(without_cas(client_.received()), answers) << "cut at " << cut;
    EXPECT_FALSE(connection_->at_rest());  // two million bytes are to come
  }
}

TEST_F(ConnectionTest, AnswersTheSameInPiecesOfAnySize) {
  const auto [requests, answers] = talk();
  std::uint32_t random = 1;
  for (std::size_t most : {1u, 2u, 7u, 40u, 300u}) {
    reconnect();
    for (std::size_t at = 0; at < requests.size();) {
      random = random * 1664525 + 1013904223;
      const std::size_t size = 1 + (random >> 16) % most;
      client_.send(requests.substr(at, size));
      EXPECT_EQ(serve(), Wish::kRead);
      at += size;
    }
    EXPECT_EQ(without_cas(client_.received()), answers) << "pieces of up to " << most;
  }
}

TEST_F(ConnectionTest, ALongListOfKeysEndsWhereItEndsAmongOtherRequests) {
  std::string keys;
  while (keys.size() < 3 * kMaxLine) keys += " missing" + std::to_string(keys.size());
  client_.send("set a 0 0 1\r\nx\r\nget" + keys);
  EXPECT_EQ(serve(), Wish::kRead);
  client_.send(" a\r\nget a\r\nget a" + keys.substr(0, kMaxLine / 2));
  EXPECT_EQ(serve(), Wish::kRead);
  client_.send("\r\nversion\r\n");
  EXPECT_EQ(serve(), Wish::kRead);
  const std::string value = "VALUE a 0 1\r\nx\r\nEND\r\n";
  EXPECT_EQ(client_.received(), "STORED\r\n" + value + value + value + "VERSION 1.2.3\r\n");
  EXPECT_TRUE(connection_->at_rest());
}

TEST_F(ConnectionTest, IsAtRestOnlyBetweenRequests) {
  EXPECT_TRUE(connection_->at_rest());
  client_.send("version");
  serve();
  EXPECT_FALSE(connection_->at_rest());
  client_.send("\r\nset a 0 0 1\r\n");
  serve();
  EXPECT_FALSE(connection_->at_rest());
  EXPECT_EQ(connection_->state(), Connection::State::kWaitsForValue);
  client_.send("a\r\n");
  serve();
  EXPECT_TRUE(connection_->at_rest());
  EXPECT_EQ(connection_->state(), Connection::State::kWaitsForRequest);
  EXPECT_EQ(client_.received(), "VERSION 1.2.3\r\nSTORED\r\n");
}

TEST_F(ConnectionTest, LetsTheOthersHaveTheirTurn) {
  place_->batches_per_turn = 2;
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += "incr n 1\r\n";
  client_.send("set n 0 0 1\r\n0\r\n" + requests);
  EXPECT_EQ(connection_->readable(*place_), Wish::kAgain);
  EXPECT_EQ(connection_->state(), Connection::State::kWaitsForTurn);
  EXPECT_EQ(ask_elsewhere("get n\r\n"), "VALUE n 0 2\r\n63\r\nEND\r\n");
  EXPECT_EQ(connection_->again(*place_), Wish::kAgain);
  EXPECT_EQ(ask_elsewhere("get n\r\n"), "VALUE n 0 3\r\n127\r\nEND\r\n");
  EXPECT_EQ(connection_->again(*place_), Wish::kAgain);
  EXPECT_EQ(connection_->again(*place_), Wish::kRead);
  EXPECT_EQ(ask_elsewhere("get n\r\n"), "VALUE n 0 3\r\n200\r\nEND\r\n");
  EXPECT_EQ(engine_.command_stats().conn_yields, 3u);
}

TEST_F(ConnectionTest, ReadsNothingMoreWhileItsRepliesAreNotTaken) {
  const std::string value(100'000, 'v');
  store("a", value);
  std::string requests;
  for (int i = 0; i < 100; ++i) requests += "get a\r\n";
  client_.send(requests + "version\r\n");
  const Wish wish = serve();
  EXPECT_EQ(wish, Wish::kWrite);
  EXPECT_EQ(connection_->state(), Connection::State::kWaitsForReader);
  std::string expected;
  for (int i = 0; i < 100; ++i) expected += "VALUE a 0 100000\r\n" + value + "\r\nEND\r\n";
  EXPECT_TRUE(drain(wish) == expected + "VERSION 1.2.3\r\n");
}

TEST_F(ConnectionTest, ExecutesNothingMoreWhileItsRepliesAreNotTaken) {
  std::string requests;
  for (int i = 0; i < 3000; ++i) requests += "stats settings\r\n";
  client_.send(requests + "set last 0 0 1 noreply\r\nx\r\n");
  const Wish wish = serve();
  EXPECT_EQ(wish, Wish::kWrite);
  EXPECT_EQ(ask_elsewhere("get last\r\n"), "END\r\n");
  drain(wish);
  EXPECT_EQ(ask_elsewhere("get last\r\n"), "VALUE last 0 1\r\nx\r\nEND\r\n");
}

TEST_F(ConnectionTest, IsStalledWhenItsClientTakesNothingForALongTime) {
  const std::string value(1'000'000, 'v');
  store("a", value);
  client_.send("get a\r\n");
  EXPECT_EQ(serve(), Wish::kWrite);
  EXPECT_FALSE(connection_->stalled(place_->now + kSlowReaderPatience - 1));
  EXPECT_TRUE(connection_->stalled(place_->now + kSlowReaderPatience));

  // Something taken is a sign of life, however little.
  place_->now += kSlowReaderPatience - 1;
  EXPECT_EQ(connection_->writable(*place_), Wish::kWrite);
  EXPECT_TRUE(connection_->stalled(place_->now + 1));
  EXPECT_NE(client_.received(), "");
  EXPECT_EQ(connection_->writable(*place_), Wish::kWrite);
  EXPECT_FALSE(connection_->stalled(place_->now + 1));

  // One that has nothing to take may be silent for ever.
  drain(Wish::kWrite);
  EXPECT_FALSE(connection_->stalled(place_->now + 1000 * kSlowReaderPatience));
}

TEST_F(ConnectionTest, LetsGoOfWhatItWasSendingWhenItCloses) {
  const std::string value(1'000'000, 'v');
  store("a", value);
  client_.send("get a\r\n");
  EXPECT_EQ(serve(), Wish::kWrite);
  EXPECT_EQ(ask_elsewhere("delete a\r\n"), "DELETED\r\n");
  const std::size_t pinned = engine_.store().stats().memory_used;
  connection_.reset();
  EXPECT_LE(engine_.store().stats().memory_used + value.size(), pinned);
}

TEST_F(ConnectionTest, ClosesAfterTheLastReplyOfQuit) {
  client_.send("version\r\nquit\r\nversion\r\n");
  EXPECT_EQ(serve(), Wish::kClose);
  EXPECT_EQ(client_.received(), "VERSION 1.2.3\r\n");
}

TEST_F(ConnectionTest, ClosesAfterALineThatIsTooLong) {
  client_.send("version\r\n" + std::string(kMaxLine, 'x'));
  EXPECT_EQ(serve(), Wish::kClose);
  EXPECT_EQ(client_.received(), "VERSION 1.2.3\r\nCLIENT_ERROR line too long\r\n");
}

TEST_F(ConnectionTest, ClosesWhenThePeerDoes) {
  client_.close();
  EXPECT_EQ(serve(), Wish::kClose);
}

}  // namespace
}  // namespace arcus::daemon
