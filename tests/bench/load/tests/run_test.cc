// Runs of the generator against a server that answers with canned bytes.
#include "tests/bench/load/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <string>
#include <thread>

#include "core/base/unique_fd.h"
#include "tests/bench/load/report.h"

namespace arcus::bench {
namespace {

using ::testing::HasSubstr;

// Serves one connection: sends `replies` once as many lines as `lines` have arrived, and closes it
// when the client does.
class CannedServer {
 public:
  CannedServer(std::size_t lines, std::string replies)
      : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener_.get(), 1), 0);
    getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, lines, replies] { serve(lines, replies); });
  }
  ~CannedServer() { thread_.join(); }

  std::uint16_t port() const { return port_; }

 private:
  void serve(std::size_t lines, const std::string& replies) {
    const UniqueFd client(accept(listener_.get(), nullptr, nullptr));
    char bytes[4096];
    for (ssize_t got = 0; lines > 0 && (got = recv(client.get(), bytes, sizeof bytes, 0)) > 0;) {
      lines -= std::count(bytes, bytes + got, '\n');
    }
    send(client.get(), replies.data(), replies.size(), MSG_NOSIGNAL);
    shutdown(client.get(), SHUT_WR);
    while (recv(client.get(), bytes, sizeof bytes, 0) > 0) {
    }
  }

  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

Options options_for(const std::vector<std::string>& words) {
  auto options = parse_options(words);
  EXPECT_TRUE(options);
  options->connections = 1;
  options->verify = true;
  options->sizes = {8, 8, 8};
  return *options;
}

// The reply to a get of key 1 in which key 1 or another has the value of `id`.
std::string reply_with(const std::string& key, std::uint32_t id) {
  std::string text = "VALUE " + key + " 0 8\r\n";
  append_value(text, id, 0, 8);
  return text + "\r\nEND\r\n";
}

Result<Outcome> run_gets(std::size_t count, const std::string& replies) {
  CannedServer server(count, replies);
  Options options = options_for({"--depth=100"});
  options.port = server.port();
  options.operations = count;
  Script script(options);
  const std::uint32_t keys[] = {1};
  for (std::size_t i = 0; i < 100; ++i) script.add_get(keys);
  return run(options, script);
}

TEST(Run, CountsHitsMissesAndErrors) {
  const auto outcome =
      run_gets(3, reply_with("k0000001", 1) + "END\r\n" + "SERVER_ERROR \"busy\"\r\n");
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->requests, 3u);
  EXPECT_EQ(outcome->tally.hits, 1u);
  EXPECT_EQ(outcome->tally.misses, 1u);
  EXPECT_EQ(outcome->tally.errors, 1u);
  EXPECT_EQ(outcome->tally.wrong, 0u);
  EXPECT_EQ(outcome->tally.latency.count(), 3u);
  const std::string json = report_json(Options(), *outcome);
  EXPECT_THAT(json, HasSubstr("\"hits\": 1, \"misses\": 1"));
  EXPECT_THAT(json, HasSubstr("\"first_error\": \"SERVER_ERROR \\\"busy\\\"\""));
}

TEST(Run, NoticesTheValueOfAnotherKey) {
  for (const auto& reply : {reply_with("k0000001", 2), reply_with("k0000002", 2),
                            reply_with("k0000002", 1), reply_with("k1", 1)}) {
    const auto outcome = run_gets(1, reply);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->tally.wrong, 1u) << reply;
    EXPECT_NE(outcome->tally.first_wrong, "") << reply;
  }
}

TEST(Run, BreaksOffWhenRepliesAreNotThoseOfItsRequests) {
  for (const std::string reply :
       {"STORED\r\n", "END\r\nEND\r\n", "VALUE k0000001 0 1\r\nxyEND\r\n", "HELLO\r\n",
        "VALUE k0000001 0 0\r\n\r\nVALUE k0000001 0 0\r\n\r\nEND\r\n"}) {
    // Two are asked, so that the first END is not the end of the run.
    const auto outcome = run_gets(2, reply + (reply.starts_with("END") ? "END\r\n" : ""));
    EXPECT_FALSE(outcome) << reply;
  }
}

TEST(Run, BreaksOffWhenTheServerCloses) {
  const auto outcome = run_gets(2, "END\r\n");
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message, HasSubstr("closed"));
}

}  // namespace
}  // namespace arcus::bench
