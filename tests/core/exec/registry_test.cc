// The registry against a real ZooKeeper: how often it asks, and what it takes for a node's
// presence.
#include "core/exec/registry.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "core/arcus/names.h"
#include "core/base/tcp.h"
#include "tests/support/zookeeper_fixture.h"

namespace arcus::exec {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::soon;
using tests::ZooKeeperServer;

// Between a client and ZooKeeper: lets requests through as they come and holds back all answers
// until the round has the number of requests that was foretold. Who wants an answer before it sends
// the rest of a round waits for ever.
class RoundTrips {
 public:
  RoundTrips(std::uint16_t server, std::vector<int> requests)
      : server_(server), left_(std::move(requests)) {
    listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), raw, size) != 0 || ::listen(listener_.get(), 1) != 0 ||
        ::getsockname(listener_.get(), raw, &size) != 0) {
      throw std::runtime_error("no loopback port to listen on");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~RoundTrips() { end(); }

  cluster::ZkServer as_server() const { return {"127.0.0.1", port_, 1}; }
  // What of the foretold has not come; a single 0 when it all has, and no more.
  std::vector<int> left() {
    end();
    return left_;
  }

 private:
  void end() {
    end_ = true;
    if (thread_.joinable()) thread_.join();
  }

  void run() {
    pollfd coming{listener_.get(), POLLIN, 0};
    while (!end_ && ::poll(&coming, 1, 20) == 0) {
    }
    if (end_) return;
    const UniqueFd client(::accept(listener_.get(), nullptr, nullptr));
    const auto server = tcp::connect("127.0.0.1", server_, soon());
    if (!client || !server.ok()) return;
    while (!end_) {
      const bool open = left_.empty() || left_.front() == 0;
      pollfd ends[] = {{client.get(), POLLIN, 0}, {open ? server->get() : -1, POLLIN, 0}};
      ::poll(ends, 2, 20);
      if (ends[0].revents != 0 && !pass(client.get(), server->get(), true)) return;
      if (ends[1].revents != 0 && !pass(server->get(), client.get(), false)) return;
    }
  }

  bool pass(int from, int to, bool requests) {
    char piece[65536];
    const ssize_t got = ::recv(from, piece, sizeof piece, 0);
    if (got <= 0) return false;
    if (requests) count(std::string(piece, static_cast<std::size_t>(got)));
    return tcp::send_all(to, std::string(piece, static_cast<std::size_t>(got)), soon()).ok();
  }

  // A request is its length in four bytes, and what the length says. The first one opens the
  // session; then each begins with its number, which is -2 for a ping and -11 for the end.
  void count(const std::string& bytes) {
    const auto number_at = [&](std::size_t at) {
      std::uint32_t number = 0;
      std::memcpy(&number, unread_.data() + at, sizeof number);
      return static_cast<std::int32_t>(ntohl(number));
    };
    unread_ += bytes;
    while (unread_.size() >= 8) {
      const auto size = 4 + static_cast<std::size_t>(number_at(0));
      if (unread_.size() < size) return;
      const bool counts = !opened_ || number_at(4) > 0;
      opened_ = true;
      unread_.erase(0, size);
      if (!counts) continue;
      if (!left_.empty() && left_.front() == 0) left_.erase(left_.begin());
      if (left_.empty())
        left_.push_back(-1000);  // more than was foretold: never lets an answer through
      --left_.front();
    }
  }

  const std::uint16_t server_;
  std::vector<int> left_;  // requests that are to come, of each round
  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::string unread_;
  bool opened_ = false;
  std::atomic<bool> end_ = false;
  std::thread thread_;
};

class RegistryTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!ZooKeeperServer::available()) GTEST_SKIP() << "needs libzookeeper-java and a JRE";
    server_ = std::make_unique<ZooKeeperServer>(tests::ZooKeeperOptions{});
    zk_ = tests::connected({.servers = server_->servers()});
    for (const auto path : {znode::kRoot, znode::kCacheList, znode::kClientList, znode::kMapping}) {
      make(std::string(path), "");
    }
  }
  void make(const std::string& path, const std::string& data,
            zk::CreateMode mode = zk::CreateMode::kPersistent) {
    const auto made = zk_->create(path, data, mode, soon());
    ASSERT_TRUE(made.ok()) << made.error().message;
  }
  void make_cloud(const std::string& service, const std::vector<std::string>& addresses) {
    make(znode::cache_list(service), "{}");
    make(znode::client_list(service), "");
    for (const auto& address : addresses) {
      make(znode::mapping(address), "{\"port\":\"1\"}");
      make(znode::mapping(address, service), "");
    }
  }
  cluster::ZkServer at() const { return {"127.0.0.1", server_->port(), 1}; }

  std::unique_ptr<ZooKeeperServer> server_;
  std::unique_ptr<zk::Client> zk_;
  Cancel cancel_;
};

TEST_F(RegistryTest, ReadsAllCloudsInTwoRoundTrips) {
  make_cloud("one", {"10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1"});
  make_cloud("two", {"10.0.0.4:1"});
  make(znode::cache_list("one", "10.0.0.1:1-host"), "", zk::CreateMode::kEphemeral);
  make(znode::client_list("two") + "/someone", "", zk::CreateMode::kEphemeral);
  {
    RoundTrips counter(server_->port(), {1, 4, 2 * 2 + 4});  // the session, the lists, the rest
    Registry registry({counter.as_server()}, 5s, cancel_);
    const auto facts = registry.read();
    ASSERT_TRUE(facts.ok()) << facts.error().message;
    EXPECT_EQ(facts->clouds.size(), 2U);
    EXPECT_EQ(facts->clouds.at("one").children.at(0).name, "10.0.0.1:1-host");
    EXPECT_THAT(facts->mapped_to("two"), ElementsAre("10.0.0.4:1"));
    EXPECT_THAT(counter.left(), ElementsAre(0));
  }
  // What one cloud needs more than the others comes along with it.
  RoundTrips counter(server_->port(), {1, 5, 2 * 2 + 4 + 2});
  Registry registry({counter.as_server()}, 5s, cancel_);
  const auto facts = registry.read("two", {"10.0.0.4:1", "10.0.0.9:1"});
  ASSERT_TRUE(facts.ok()) << facts.error().message;
  EXPECT_TRUE(facts->clouds.at("two").client_list);
  EXPECT_THAT(facts->clouds.at("two").clients, ElementsAre("someone"));
  EXPECT_THAT(facts->clouds.at("one").clients, IsEmpty());
  EXPECT_EQ(facts->mappings.at("10.0.0.4:1").config, "{\"port\":\"1\"}");
  EXPECT_EQ(facts->mappings.at("10.0.0.1:1").config, "");
  EXPECT_EQ(facts->mappings.count("10.0.0.9:1"), 0U);
  EXPECT_THAT(counter.left(), ElementsAre(0));
}

TEST_F(RegistryTest, ANodeIsPresentWhenTheSessionThatWasReportedHoldsItsZnode) {
  make_cloud("one", {"10.0.0.1:1"});
  make(znode::cache_list("one", "10.0.0.1:1-host"), "", zk::CreateMode::kEphemeral);
  const std::int64_t session = zk_->session().id;
  Registry registry({at()}, 5s, cancel_);
  EXPECT_TRUE(registry.await_nodes("one", {"10.0.0.1:1"}, true, {{"10.0.0.1:1", session}}).ok());
  EXPECT_TRUE(registry.await_nodes("one", {"10.0.0.1:1"}, true, {}).ok());
  Registry hasty({at()}, 1s, cancel_);
  const auto other = hasty.await_nodes("one", {"10.0.0.1:1"}, true, {{"10.0.0.1:1", session + 1}});
  EXPECT_EQ(other.error().code, ErrorCode::kTimeout);
  EXPECT_THAT(other.error().message, HasSubstr("not in cache_list/one: 10.0.0.1:1"));
  const auto gone = hasty.await_nodes("one", {"10.0.0.1:1"}, false, {});
  EXPECT_THAT(gone.error().message, HasSubstr("still in cache_list/one: 10.0.0.1:1"));
  zk_->close();
  EXPECT_TRUE(registry.await_nodes("one", {"10.0.0.1:1"}, false, {}).ok());
}

TEST_F(RegistryTest, AChangeThatSomebodyElsesCameBeforeWritesNothing) {
  make_cloud("one", {"10.0.0.1:1"});
  Registry registry({at()}, 5s, cancel_);
  const auto facts = registry.read("one");
  ASSERT_TRUE(facts.ok()) << facts.error().message;
  ASSERT_TRUE(zk_->set(znode::cache_list("one"), "{\"theirs\":1}", -1, soon()).ok());
  using Kind = plan::ZnodeOp::Kind;
  const auto change = registry.change(
      {{Kind::kCreate, znode::mapping("10.0.0.2:1"), "", -1},
       {Kind::kSet, znode::cache_list("one"), "{}", facts->clouds.at("one").version}});
  EXPECT_EQ(change.error().code, ErrorCode::kConflict);
  EXPECT_THAT(change.error().message, HasSubstr("run the command again"));
  EXPECT_EQ(zk_->get(znode::cache_list("one"), soon())->data, "{\"theirs\":1}");
  EXPECT_EQ(zk_->exists(znode::mapping("10.0.0.2:1"), soon()).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace arcus::exec
