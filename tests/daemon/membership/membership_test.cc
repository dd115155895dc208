// Membership against a real ZooKeeper. The tree's root is fixed, so every test takes a port and a
// cloud of its own.
#include "daemon/membership/membership.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>

#include "core/arcus/limits.h"
#include "core/arcus/names.h"
#include "daemon/membership/session_file.h"
#include "tests/support/zookeeper_fixture.h"

namespace arcus::daemon {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using tests::soon;
using zk::CreateMode;

bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds span = 8s) {
  const Deadline deadline = Deadline::in(span);
  while (!condition()) {
    if (deadline.passed()) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

std::chrono::milliseconds took(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               start);
}

// What the engine would be told.
struct Engine {
  std::mutex mutex;
  std::vector<std::string> calls;  // "drop", "stop 75", "nodes a,b"
  std::vector<std::string> nodes;
  std::atomic<bool> fail_stop = true;

  MembershipCallbacks callbacks() {
    return {.drop_everything = [this] { add("drop"); },
            .fail_stop = [this] { return fail_stop.load(); },
            .stop = [this](int status) { add("stop " + std::to_string(status)); },
            .nodes_changed =
                [this](const std::vector<std::string>& children) {
                  std::lock_guard lock(mutex);
                  nodes = children;
                }};
  }
  void add(const std::string& call) {
    std::lock_guard lock(mutex);
    calls.push_back(call);
  }
  std::vector<std::string> seen() {
    std::lock_guard lock(mutex);
    return calls;
  }
  std::vector<std::string> told() {
    std::lock_guard lock(mutex);
    return nodes;
  }
};

class MembershipTest : public tests::ZooKeeperTest {
 protected:
  void SetUp() override {
    tests::ZooKeeperTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    static std::uint16_t next = 20000;
    options_.zklist = tests::server().servers();
    options_.port = ++next;
    options_.memlimit_mb = 100;
    options_.hostname = "host-1";
    options_.session_timeout = 4s;
    std::string pattern = testing::TempDir() + "membership-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    options_.session_file = directory_ + "/session";
    service_ = "cloud" + std::to_string(next);
    for (const auto path : {znode::kRoot, znode::kCacheList, znode::kClientList, znode::kMapping,
                            znode::kServerLog}) {
      make(std::string(path));
    }
    make(znode::cache_list(service_));
  }
  void TearDown() override {
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }

  void make(const std::string& path) {
    const auto made = zk_->create(path, "", CreateMode::kPersistent, soon());
    ASSERT_TRUE(made.ok() || made.error().code == ErrorCode::kExists) << made.error().message;
  }
  void register_as(const std::string& address) {
    make(znode::mapping(address));
    make(znode::mapping(address) + "/" + service_);
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(options_.port); }
  std::string own_path(const std::string& host = "host-1") const {
    return znode::cache_list(service_, address() + "-" + host);
  }
  Result<std::unique_ptr<Membership>> join(Deadline deadline = soon()) {
    return Membership::join(options_, engine_.callbacks(), deadline);
  }
  bool there(const std::string& path) { return zk_->exists(path, soon()).ok(); }

  MembershipOptions options_;
  Engine engine_;
  std::string service_;
  std::string directory_;
};

TEST_F(MembershipTest, PublishesTheNodeUnderItsCloud) {
  register_as(address());
  const auto member = join();
  ASSERT_TRUE(member.ok()) << member.error().message;
  const auto znode = zk_->get(own_path(), soon());
  ASSERT_TRUE(znode.ok());
  EXPECT_EQ(znode->data, "100MB");
  const MembershipState state = (*member)->state();
  EXPECT_EQ(state.service_code, service_);
  EXPECT_EQ(state.znode, address() + "-host-1");
  EXPECT_EQ(state.session_id, znode->stat.ephemeral_owner);
  EXPECT_EQ(state.session_timeout, 4s);
  EXPECT_TRUE(state.connected);
  EXPECT_TRUE(state.ready);
  EXPECT_THAT(engine_.seen(), ElementsAre("drop"));
}

TEST_F(MembershipTest, LogsTheJoin) {
  register_as(address());
  const auto member = join();
  ASSERT_TRUE(member.ok());
  const std::string root(znode::kServerLog);
  const auto days = zk_->children(root, soon());
  ASSERT_FALSE(days->names.empty());
  const std::string day = root + "/" + days->names.back();
  EXPECT_EQ(days->names.back().size(), std::string("2026-01-31").size());
  const auto entries = zk_->children(day, soon());
  EXPECT_THAT(entries->names, Contains(StartsWith(address() + "-host-1-")));
  EXPECT_EQ(zk_->get(day + "/" + entries->names.back(), soon())->data, "join");
}

TEST_F(MembershipTest, IsFoundByItsHostNameOrItsBareAddressToo) {
  register_as("host-1:" + std::to_string(options_.port));
  const auto member = join();
  ASSERT_TRUE(member.ok()) << member.error().message;
  (*member)->leave();

  ++options_.port;
  options_.public_ip = "10.9.9." + std::to_string(options_.port % 200);
  make(znode::mapping(options_.public_ip));
  make(znode::mapping(options_.public_ip) + "/" + service_ + "^group");
  const auto bare = join();
  ASSERT_TRUE(bare.ok()) << bare.error().message;
  EXPECT_EQ((*bare)->state().service_code, service_);
}

TEST_F(MembershipTest, RefusesANodeThatIsNotRegistered) {
  const auto member = join();
  ASSERT_FALSE(member.ok());
  EXPECT_EQ(member.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(member.error().message,
              AllOf(HasSubstr(znode::mapping(address())),
                    HasSubstr(znode::mapping("host-1:" + std::to_string(options_.port))),
                    HasSubstr("register")));
  EXPECT_THAT(engine_.seen(), IsEmpty());
}

TEST_F(MembershipTest, RefusesANodeThatIsInTwoClouds) {
  register_as(address());
  make(znode::mapping(address()) + "/other");
  const auto member = join();
  ASSERT_FALSE(member.ok());
  EXPECT_EQ(member.error().code, ErrorCode::kConflict);
  EXPECT_THAT(member.error().message, AllOf(HasSubstr(service_), HasSubstr("other")));
}

TEST_F(MembershipTest, EndsTheSessionOfTheEngineThatDiedHere) {
  register_as(address());
  auto dead = tests::connected({.servers = options_.zklist, .session_timeout = 4s});
  ASSERT_TRUE(dead->create(own_path("old-name"), "", CreateMode::kEphemeral, soon()).ok());
  ASSERT_TRUE(write_session_file(options_.session_file, dead->session()).ok());
  dead->abandon();

  Result<std::unique_ptr<Membership>> member = invalid("not run");
  EXPECT_LT(took([&] { member = join(); }), 1500ms) << "not a session timeout";
  ASSERT_TRUE(member.ok()) << member.error().message;
  EXPECT_FALSE(there(own_path("old-name")));
  EXPECT_TRUE(there(own_path()));
  EXPECT_EQ(read_session_file(options_.session_file)->id, (*member)->state().session_id);
}

TEST_F(MembershipTest, WaitsForAZnodeWhoseSessionItDoesNotKnow) {
  register_as(address());
  auto dead = tests::connected({.servers = options_.zklist, .session_timeout = 1s});
  ASSERT_TRUE(dead->create(own_path(), "", CreateMode::kEphemeral, soon()).ok());
  dead->abandon();
  const auto member = join();
  ASSERT_TRUE(member.ok()) << member.error().message;
  EXPECT_EQ(zk_->exists(own_path(), soon())->ephemeral_owner, (*member)->state().session_id);
  EXPECT_THAT(engine_.seen(), ElementsAre("drop"));
}

TEST_F(MembershipTest, LeavesASessionAloneThatDoesNotOwnTheZnode) {
  register_as(address());
  auto other = tests::connected();
  ASSERT_TRUE(other->create(root_ + "/other", "", CreateMode::kEphemeral, soon()).ok());
  auto living = tests::connected();
  ASSERT_TRUE(living->create(own_path(), "", CreateMode::kEphemeral, soon()).ok());
  ASSERT_TRUE(write_session_file(options_.session_file, other->session()).ok());
  other->abandon();
  const auto member = join(Deadline::in(300ms));
  ASSERT_FALSE(member.ok());
  EXPECT_EQ(member.error().code, ErrorCode::kExists);
  EXPECT_THAT(member.error().message, HasSubstr(own_path()));
  EXPECT_TRUE(there(root_ + "/other"));
  EXPECT_EQ(zk_->exists(own_path(), soon())->ephemeral_owner, living->session().id);
  EXPECT_THAT(engine_.seen(), IsEmpty());
}

TEST_F(MembershipTest, TellsTheNodesAtJoinAndWheneverTheyChange) {
  register_as(address());
  const auto member = join();
  ASSERT_TRUE(member.ok());
  const std::string own = address() + "-host-1";
  EXPECT_TRUE(eventually([&] { return engine_.told() == std::vector<std::string>{own}; }));
  for (const std::string name : {"127.0.0.1:9-x", "127.0.0.1:8-x"}) {
    ASSERT_TRUE(
        zk_->create(znode::cache_list(service_, name), "", CreateMode::kEphemeral, soon()).ok());
    EXPECT_TRUE(eventually([&] {
      const auto told = engine_.told();
      return std::find(told.begin(), told.end(), name) != told.end();
    }));
  }
}

TEST_F(MembershipTest, LeavesAtOnceAndForgetsTheSession) {
  register_as(address());
  auto member = join();
  ASSERT_TRUE(member.ok());
  EXPECT_TRUE(std::filesystem::exists(options_.session_file));
  EXPECT_LT(took([&] { (*member)->leave(); }), 1000ms);
  EXPECT_FALSE(there(own_path()));
  EXPECT_FALSE(std::filesystem::exists(options_.session_file));
  EXPECT_FALSE((*member)->state().ready);
  (*member)->leave();
  EXPECT_THAT(engine_.seen(), ElementsAre("drop"));
}

TEST_F(MembershipTest, StopsWhenItsSessionExpires) {
  register_as(address());
  const auto member = join();
  ASSERT_TRUE(member.ok());
  tests::expire(options_.zklist, *read_session_file(options_.session_file));
  EXPECT_TRUE(eventually([&] { return engine_.seen().size() == 2; }));
  EXPECT_THAT(engine_.seen(), ElementsAre("drop", "stop 75"));
  EXPECT_FALSE((*member)->state().ready);
  EXPECT_LT(took([&] { (*member)->leave(); }), 1000ms);
}

TEST_F(MembershipTest, WithoutFailStopItStaysEmptiedAndCanRejoin) {
  register_as(address());
  engine_.fail_stop = false;
  const auto member = join();
  ASSERT_TRUE(member.ok());
  tests::expire(options_.zklist, *read_session_file(options_.session_file));
  EXPECT_TRUE(eventually([&] { return engine_.seen().size() == 2; }));
  EXPECT_FALSE((*member)->state().ready);
  const auto rejoined = (*member)->rejoin(soon());
  ASSERT_TRUE(rejoined.ok()) << rejoined.error().message;
  EXPECT_TRUE(there(own_path()));
  (*member)->leave();
  EXPECT_FALSE(there(own_path()));
  EXPECT_THAT(engine_.seen(), ElementsAre("drop", "drop", "drop"));
}

TEST_F(MembershipTest, StopsWhenSomebodyRemovesItsZnode) {
  register_as(address());
  const auto member = join();
  ASSERT_TRUE(member.ok());
  ASSERT_TRUE(zk_->remove(own_path(), -1, soon()).ok());
  EXPECT_TRUE(eventually([&] { return engine_.seen().size() == 2; }));
  EXPECT_THAT(engine_.seen(), ElementsAre("drop", "stop 75"));
}

// Faults of the server itself: it has one of its own, so that the other tests' goes on.
class MembershipFaultTest : public MembershipTest {
 protected:
  void SetUp() override {
    MembershipTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    server_ = std::make_unique<tests::ZooKeeperServer>();
    options_.zklist = server_->servers();
    zk_ = tests::connected({.servers = options_.zklist});
    for (const auto path : {znode::kRoot, znode::kCacheList, znode::kMapping}) {
      make(std::string(path));
    }
    make(znode::cache_list(service_));
    register_as(address());
  }

  std::unique_ptr<tests::ZooKeeperServer> server_;
};

TEST_F(MembershipFaultTest, ServesOnWhileZooKeeperRestarts) {
  const auto member = join();
  ASSERT_TRUE(member.ok()) << member.error().message << " although the log could not be written";
  const std::int64_t session = (*member)->state().session_id;
  server_->kill();
  EXPECT_TRUE(eventually([&] { return !(*member)->state().connected; }));
  EXPECT_TRUE((*member)->state().ready);
  server_->start();
  EXPECT_TRUE(eventually([&] { return (*member)->state().connected; }));
  ASSERT_TRUE(eventually([&] { return zk_->exists(own_path(), soon()).ok(); }));
  EXPECT_EQ(zk_->exists(own_path(), soon())->ephemeral_owner, session);

  ASSERT_TRUE(
      zk_->create(znode::cache_list(service_, "127.0.0.1:9-x"), "", CreateMode::kEphemeral, soon())
          .ok());
  EXPECT_TRUE(eventually([&] { return engine_.told().size() == 2; }))
      << "the watch is there after a reconnect";
  EXPECT_THAT(engine_.seen(), ElementsAre("drop"));
}

TEST_F(MembershipFaultTest, LeavesWithinTwoSecondsWhenZooKeeperIsMuteOrDead) {
  auto first = join();
  ASSERT_TRUE(first.ok());
  options_.port += 500;
  options_.session_file = directory_ + "/second";
  register_as(address());
  Engine other;
  auto second = Membership::join(options_, other.callbacks(), soon());
  ASSERT_TRUE(second.ok());
  server_->pause();
  EXPECT_LT(took([&] { (*first)->leave(); }), 2500ms);
  server_->kill();
  EXPECT_LT(took([&] { (*second)->leave(); }), 2500ms);
  EXPECT_TRUE(std::filesystem::exists(options_.session_file)) << "its session lives on";
}

}  // namespace
}  // namespace arcus::daemon
