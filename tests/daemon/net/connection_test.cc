// A connection over a socket pair, without a worker: the test says when it is its turn.
#include "daemon/net/connection.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <string>
#include <vector>

namespace arcus::daemon {
namespace {

class ConnectionTest : public testing::Test {
 protected:
  ConnectionTest() : engine_(Config(), "1.2.3"), buffer_(64 * 1024) {
    place_ = std::make_unique<Workplace>(
        Workplace{engine_, engine_.new_thread_stats(), buffer_, Reply()});
    reconnect();
  }

  void reconnect() {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    client_.reset(ends[0]);
    connection_ = std::make_unique<Connection>(UniqueFd(ends[1]));
  }

  void send(std::string_view bytes) {
    ASSERT_EQ(::send(client_.get(), bytes.data(), bytes.size(), 0),
              static_cast<ssize_t>(bytes.size()));
  }
  // Serves what was sent, as a worker would.
  Wish serve() {
    Wish wish = connection_->readable(*place_);
    while (wish == Wish::kAgain) wish = connection_->again(*place_);
    return wish;
  }
  std::string received() {
    std::string all;
    char bytes[65536];
    ssize_t size = 0;
    while ((size = recv(client_.get(), bytes, sizeof bytes, 0)) > 0) {
      all.append(bytes, static_cast<std::size_t>(size));
    }
    return all;
  }

  Engine engine_;
  std::vector<char> buffer_;
  std::unique_ptr<Workplace> place_;
  UniqueFd client_;
  std::unique_ptr<Connection> connection_;
};

TEST_F(ConnectionTest, AnswersTheSameWhereverTheBytesAreCut) {
  const std::string requests =
      "set a 5 0 6\r\nab\r\ncd\r\nget a none\r\nset a 0 0 2 noreply\r\nxxxx\r\n"
      "set b 0 0 2000000 noreply\r\n";
  const std::string answers =
      "STORED\r\nVALUE a 5 6\r\nab\r\ncd\r\nEND\r\nERROR unknown command\r\n";
  for (std::size_t cut = 1; cut < requests.size(); ++cut) {
    reconnect();
    send(requests.substr(0, cut));
    EXPECT_EQ(serve(), Wish::kRead);
    send(requests.substr(cut));
    EXPECT_EQ(serve(), Wish::kRead);
    EXPECT_EQ(received(), answers) << "cut at " << cut;
    EXPECT_FALSE(connection_->at_rest());  // two million bytes are to come
  }
}

TEST_F(ConnectionTest, IsAtRestOnlyBetweenRequests) {
  EXPECT_TRUE(connection_->at_rest());
  send("version");
  serve();
  EXPECT_FALSE(connection_->at_rest());
  send("\r\nset a 0 0 1\r\n");
  serve();
  EXPECT_FALSE(connection_->at_rest());
  send("a\r\n");
  serve();
  EXPECT_TRUE(connection_->at_rest());
  EXPECT_EQ(received(), "VERSION 1.2.3\r\nSTORED\r\n");
}

TEST_F(ConnectionTest, ReadsNothingMoreWhileItsRepliesAreNotTaken) {
  const std::string value(100'000, 'v');
  send("set a 0 0 100000\r\n");
  serve();
  for (std::size_t at = 0; at < value.size(); at += 10'000) {
    send(value.substr(at, 10'000));
    serve();
  }
  send("\r\n");
  serve();
  EXPECT_EQ(received(), "STORED\r\n");

  std::string requests;
  for (int i = 0; i < 100; ++i) requests += "get a\r\n";
  send(requests + "version\r\n");
  Wish wish = serve();
  EXPECT_EQ(wish, Wish::kWrite);
  std::string all;
  int rounds = 0;
  while (wish != Wish::kRead) {
    ASSERT_LT(++rounds, 10'000);
    all += received();
    wish = wish == Wish::kWrite ? connection_->writable(*place_) : connection_->again(*place_);
  }
  all += received();
  std::string expected;
  for (int i = 0; i < 100; ++i) expected += "VALUE a 0 100000\r\n" + value + "\r\nEND\r\n";
  EXPECT_TRUE(all == expected + "VERSION 1.2.3\r\n");
}

TEST_F(ConnectionTest, ExecutesNothingMoreWhileItsRepliesAreNotTaken) {
  std::string requests;
  for (int i = 0; i < 3000; ++i) requests += "stats settings\r\n";
  send(requests + "set last 0 0 1 noreply\r\nx\r\n");
  EXPECT_EQ(serve(), Wish::kWrite);
  EXPECT_FALSE(engine_.store().find("last", engine_.now()));
  received();
  Wish wish = Wish::kWrite;
  for (int rounds = 0; wish != Wish::kRead && rounds < 10'000; ++rounds) {
    received();
    wish = wish == Wish::kWrite ? connection_->writable(*place_) : connection_->again(*place_);
  }
  EXPECT_EQ(wish, Wish::kRead);
  EXPECT_TRUE(engine_.store().find("last", engine_.now()));
}

TEST_F(ConnectionTest, ClosesAfterTheLastReplyOfQuit) {
  send("version\r\nquit\r\nversion\r\n");
  EXPECT_EQ(serve(), Wish::kClose);
  EXPECT_EQ(received(), "VERSION 1.2.3\r\n");
}

TEST_F(ConnectionTest, ClosesWhenThePeerDoes) {
  client_.reset();
  EXPECT_EQ(serve(), Wish::kClose);
}

TEST_F(ConnectionTest, IsSmall) {
  EXPECT_LE(sizeof(Connection), 512u);
}

}  // namespace
}  // namespace arcus::daemon
