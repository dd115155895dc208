// The membership over a ZooKeeper that does what the test says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "core/arcus/limits.h"
#include "core/arcus/names.h"
#include "daemon/membership/membership.h"
#include "tests/daemon/membership/scripted_ensemble.h"

namespace arcus::daemon {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using State = zk::SessionState;

Deadline soon() {
  return Deadline::in(10s);
}

class Scripted : public testing::Test {
 protected:
  Scripted() {
    zk_.make(znode::mapping("127.0.0.1:11211"));
    zk_.make(znode::mapping("127.0.0.1:11211", "shop"));
    zk_.make(znode::cache_list("shop"));
    options_.zklist = "127.0.0.1:2181";
    options_.port = 11211;
    options_.public_ip = "127.0.0.1";
    options_.hostname = "host-1";
    options_.connect = zk_.connect();
    auto joined = Membership::join(options_, callbacks(), soon());
    EXPECT_TRUE(joined) << joined.error().message;
    if (joined) member_ = *std::move(joined);
  }

  MembershipCallbacks callbacks() {
    return {.drop_everything = [this] { called("drop"); },
            .fail_stop = [this] { return fail_stop_.load(); },
            .stop = [this](int status) { called("stop " + std::to_string(status)); },
            .nodes_changed = nullptr};
  }
  void called(const std::string& what) {
    const std::lock_guard lock(mutex_);
    calls_.push_back(what);
    changed_.notify_all();
  }
  bool calls(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 10s, [&] { return calls_.size() >= count; });
  }
  bool becomes(const std::function<bool(const MembershipState&)>& what) {
    const Deadline deadline = soon();
    while (!what(member_->state())) {
      if (deadline.passed()) return false;
      std::this_thread::yield();
    }
    return true;
  }
  bool has_seat(std::string_view seat) {
    return becomes([&](const MembershipState& now) { return now.seat == seat; });
  }

  const std::string own_ = znode::cache_list("shop", "127.0.0.1:11211-host-1");
  ScriptedZooKeeper zk_;
  std::atomic<bool> fail_stop_ = true;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> calls_;
  MembershipOptions options_;
  std::unique_ptr<Membership> member_;
};

TEST_F(Scripted, IsEmptiedBeforeItsZnodeAppears) {
  EXPECT_THAT(calls_, ElementsAre("drop"));
  EXPECT_TRUE(zk_.there(own_));
  EXPECT_EQ(member_->state().seat, "associated");
  EXPECT_TRUE(member_->state().registered);
}

TEST_F(Scripted, ServesOnWhileItIsCutOff) {
  zk_.become(State::kConnecting);
  EXPECT_TRUE(has_seat("lost"));
  EXPECT_TRUE(member_->state().ready);
  zk_.become(State::kConnected);
  EXPECT_TRUE(has_seat("associated"));
  EXPECT_THAT(calls_, ElementsAre("drop"));
}

TEST_F(Scripted, StopsWhenZooKeeperSaysThatItsSessionIsOver) {
  zk_.become(State::kExpired);
  ASSERT_TRUE(calls(2));
  EXPECT_THAT(calls_, ElementsAre("drop", "stop 75"));
  EXPECT_EQ(member_->state().seat, "expired");
}

TEST_F(Scripted, StopsWhenItIsNotLetIn) {
  zk_.become(State::kAuthFailed);
  ASSERT_TRUE(calls(2));
  EXPECT_THAT(calls_, ElementsAre("drop", "stop 75"));
  EXPECT_EQ(member_->state().seat, "auth-failed");
}

TEST_F(Scripted, StopsWhenSomebodyRemovesItsZnode) {
  zk_.drop(own_);
  ASSERT_TRUE(calls(2));
  EXPECT_THAT(calls_, ElementsAre("drop", "stop 75"));
  EXPECT_EQ(member_->state().seat, "removed");
}

TEST_F(Scripted, WithoutFailStopItIsEmptiedAndStaysOut) {
  fail_stop_ = false;
  zk_.become(State::kExpired);
  ASSERT_TRUE(calls(2));
  EXPECT_THAT(calls_, ElementsAre("drop", "drop"));
  EXPECT_FALSE(member_->state().ready);
  EXPECT_FALSE(zk_.there(own_));
}

TEST_F(Scripted, RejoinsEmptiedAndWithANewSession) {
  fail_stop_ = false;
  zk_.drop(own_);
  ASSERT_TRUE(calls(2));
  const auto rejoined = member_->rejoin(soon());
  ASSERT_TRUE(rejoined) << rejoined.error().message;
  EXPECT_THAT(calls_, ElementsAre("drop", "drop", "drop"));
  EXPECT_TRUE(zk_.there(own_));
  EXPECT_EQ(zk_.sessions(), 2u);
  EXPECT_EQ(member_->state().seat, "associated");
  // It is watched as the first one was.
  zk_.drop(own_);
  ASSERT_TRUE(calls(4));
}

TEST_F(Scripted, CanRejoinAfterARejoinThatFailed) {
  fail_stop_ = false;
  zk_.become(State::kExpired);
  ASSERT_TRUE(calls(2));
  zk_.refuse_sessions(true);
  EXPECT_FALSE(member_->rejoin(soon()));
  EXPECT_FALSE(member_->state().ready);
  zk_.refuse_sessions(false);
  EXPECT_TRUE(member_->rejoin(soon()));
  EXPECT_TRUE(zk_.there(own_));
}

TEST_F(Scripted, DoesNotRejoinWhatItIsIn) {
  const auto refused = member_->rejoin(soon());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(zk_.sessions(), 1u);
}

TEST_F(Scripted, PausesOutOfItsCloudUntilItRejoins) {
  ASSERT_TRUE(member_->pause(soon()));
  EXPECT_FALSE(zk_.there(own_));
  EXPECT_EQ(member_->state().seat, "left");
  EXPECT_THAT(calls_, ElementsAre("drop", "drop")) << "asked, it doesn't stop";
  EXPECT_TRUE(member_->rejoin(soon()));
  EXPECT_TRUE(zk_.there(own_));
}

TEST_F(Scripted, ServesOnWhenItsMappingIsRemovedAndSaysSo) {
  zk_.drop(znode::mapping("127.0.0.1:11211", "shop"));
  EXPECT_TRUE(becomes([](const MembershipState& now) { return !now.registered; }));
  EXPECT_TRUE(member_->state().ready);
  zk_.make(znode::mapping("127.0.0.1:11211", "shop"));
  EXPECT_TRUE(becomes([](const MembershipState& now) { return now.registered; }));
}

TEST_F(Scripted, ServesOnWhenItsMappingNamesAnotherCloud) {
  zk_.make(znode::mapping("127.0.0.1:11211", "another"));
  zk_.drop(znode::mapping("127.0.0.1:11211", "shop"));
  EXPECT_TRUE(becomes([](const MembershipState& now) { return !now.registered; }));
  EXPECT_TRUE(zk_.there(own_));
}

TEST_F(Scripted, TakesOtherServersWhenItIsTold) {
  ASSERT_TRUE(member_->set_servers("10.0.0.1:2181,10.0.0.2:2181"));
  EXPECT_EQ(zk_.servers(), "10.0.0.1:2181,10.0.0.2:2181");
  EXPECT_EQ(member_->servers(), "10.0.0.1:2181,10.0.0.2:2181");
}

TEST_F(Scripted, FollowsAnEnsembleThatIsReconfigured) {
  zk_.make("/zookeeper/config",
           "server.1=10.0.0.1:2888:3888:participant;0.0.0.0:2181\nversion=100000000");
  const Deadline deadline = soon();
  while (member_->servers() != "10.0.0.1:2181" && !deadline.passed()) std::this_thread::yield();
  EXPECT_EQ(zk_.servers(), "10.0.0.1:2181");
}

TEST_F(Scripted, LeavesWithItsZnode) {
  member_->leave();
  EXPECT_FALSE(zk_.there(own_));
  EXPECT_FALSE(member_->rejoin(soon())) << "it has left for good";
}

TEST(ServersOfConfig, TakesTheClientAddresses) {
  EXPECT_EQ(servers_of_config("server.1=a:2888:3888:participant;2181\n"
                              "server.2=b:2888:3888:participant;0.0.0.0:2182\n"
                              "server.3=c:2888:3888;10.0.0.3:2183\nversion=0"),
            "a:2181,b:2182,10.0.0.3:2183");
  EXPECT_EQ(servers_of_config("server.1=a:2888:3888:participant\nversion=0"), "");
  EXPECT_EQ(servers_of_config(""), "");
}

}  // namespace
}  // namespace arcus::daemon
