#include "core/zk/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/support/zookeeper_fixture.h"

namespace arcus::zk {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using tests::connected;
using tests::server;
using tests::soon;

class ClientTest : public tests::ZooKeeperTest {};

// A flag that a callback sets and the test waits for.
class Signal {
 public:
  void set() {
    std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  bool wait(std::chrono::milliseconds span = 5s, int count = 1) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, span, [&] { return count_ >= count; });
  }
  int count() {
    std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

std::chrono::milliseconds took(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               start);
}

TEST_F(ClientTest, KnowsItsSessionOnceConnected) {
  EXPECT_EQ(zk_->state(), SessionState::kConnected);
  EXPECT_NE(zk_->session().id, 0);
  EXPECT_EQ(zk_->session_timeout(), 4000ms) << "the server's maximum, not the 30 s asked for";
}

TEST_F(ClientTest, ReadsBackWhatItCreated) {
  const auto created = zk_->create(root_ + "/a", "one", CreateMode::kPersistent, soon());
  ASSERT_TRUE(created.ok()) << created.error().message;
  EXPECT_EQ(*created, root_ + "/a");
  const auto read = zk_->get(root_ + "/a", soon());
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->data, "one");
  EXPECT_EQ(read->stat.version, 0);
  EXPECT_EQ(read->stat.ephemeral_owner, 0);
  EXPECT_NEAR(static_cast<double>(read->stat.ctime_ms),
              static_cast<double>(std::time(nullptr)) * 1000, 60'000);
}

TEST_F(ClientTest, KeepsEmptyAndBinaryData) {
  const std::string binary("\0a\xff\n", 4);
  ASSERT_TRUE(zk_->create(root_ + "/empty", "", CreateMode::kPersistent, soon()).ok());
  ASSERT_TRUE(zk_->create(root_ + "/binary", binary, CreateMode::kPersistent, soon()).ok());
  EXPECT_EQ(zk_->get(root_ + "/empty", soon())->data, "");
  EXPECT_EQ(zk_->get(root_ + "/binary", soon())->data, binary);
}

TEST_F(ClientTest, TellsTheSequenceNumberOfASequentialZnode) {
  const auto first = zk_->create(root_ + "/n-", "", CreateMode::kPersistentSequential, soon());
  const auto second = zk_->create(root_ + "/n-", "", CreateMode::kPersistentSequential, soon());
  EXPECT_EQ(*first, root_ + "/n-0000000000");
  EXPECT_EQ(*second, root_ + "/n-0000000001");
}

TEST_F(ClientTest, OwnsItsEphemeralZnodes) {
  ASSERT_TRUE(zk_->create(root_ + "/e", "", CreateMode::kEphemeral, soon()).ok());
  EXPECT_EQ(zk_->exists(root_ + "/e", soon())->ephemeral_owner, zk_->session().id);
}

TEST_F(ClientTest, ListsChildrenSorted) {
  for (const char* name : {"/b", "/c", "/a"}) {
    ASSERT_TRUE(zk_->create(root_ + name, "", CreateMode::kPersistent, soon()).ok());
  }
  const auto listed = zk_->children(root_, soon());
  EXPECT_THAT(listed->names, ElementsAre("a", "b", "c"));
  EXPECT_EQ(listed->stat.num_children, 3);
}

TEST_F(ClientTest, WritesOnlyTheVersionItWasTold) {
  ASSERT_TRUE(zk_->create(root_ + "/v", "0", CreateMode::kPersistent, soon()).ok());
  ASSERT_TRUE(zk_->set(root_ + "/v", "1", 0, soon()).ok());
  const Status late = zk_->set(root_ + "/v", "2", 0, soon());
  EXPECT_EQ(late.error().code, ErrorCode::kConflict);
  EXPECT_EQ(zk_->get(root_ + "/v", soon())->data, "1");
  EXPECT_EQ(zk_->remove(root_ + "/v", 0, soon()).error().code, ErrorCode::kConflict);
  EXPECT_TRUE(zk_->remove(root_ + "/v", 1, soon()).ok());
  EXPECT_EQ(zk_->exists(root_ + "/v", soon()).error().code, ErrorCode::kNotFound);
}

TEST_F(ClientTest, NamesTheZnodeInItsErrors) {
  const std::string absent = root_ + "/absent";
  for (const Error& error :
       {zk_->get(absent, soon()).error(), zk_->children(absent, soon()).error(),
        zk_->exists(absent, soon()).error(), zk_->set(absent, "", -1, soon()).error(),
        zk_->remove(absent, -1, soon()).error()}) {
    EXPECT_EQ(error.code, ErrorCode::kNotFound);
    EXPECT_THAT(error.message, HasSubstr(absent + ": no such znode"));
  }
  EXPECT_EQ(zk_->create(root_, "", CreateMode::kPersistent, soon()).error().code,
            ErrorCode::kExists);
  ASSERT_TRUE(zk_->create(root_ + "/child", "", CreateMode::kPersistent, soon()).ok());
  EXPECT_EQ(zk_->remove(root_, -1, soon()).error().code, ErrorCode::kRefused);
  EXPECT_EQ(zk_->get("no/slash", soon()).error().code, ErrorCode::kInvalid);
}

TEST_F(ClientTest, Syncs) {
  EXPECT_TRUE(zk_->sync(root_, soon()).ok());
}

TEST_F(ClientTest, DoesAllOperationsOfATransaction) {
  ASSERT_TRUE(zk_->create(root_ + "/old", "", CreateMode::kPersistent, soon()).ok());
  const Status done = zk_->multi({check_op(root_, 0), create_op(root_ + "/new", "x"),
                                  set_op(root_, "changed", 0), remove_op(root_ + "/old")},
                                 soon());
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_THAT(zk_->children(root_, soon())->names, ElementsAre("new"));
  EXPECT_EQ(zk_->get(root_, soon())->data, "changed");
}

TEST_F(ClientTest, DoesNoneWhenOneFailsAndNamesIt) {
  const Status done = zk_->multi({create_op(root_ + "/a", ""), create_op(root_ + "/b", ""),
                                  remove_op(root_ + "/absent"), create_op(root_ + "/c", "")},
                                 soon());
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(done.error().message,
              AllOf(HasSubstr("operation 3 of 4"), HasSubstr("removing " + root_ + "/absent")));
  EXPECT_THAT(zk_->children(root_, soon())->names, SizeIs(0));
}

TEST_F(ClientTest, RefusesATransactionOnAnotherVersion) {
  const Status done = zk_->multi({set_op(root_, "x", 7)}, soon());
  EXPECT_EQ(done.error().code, ErrorCode::kConflict);
  EXPECT_THAT(done.error().message, HasSubstr(root_));
}

TEST_F(ClientTest, ReadsManyAtOnceEachWithItsOwnResult) {
  ASSERT_TRUE(zk_->create(root_ + "/a", "1", CreateMode::kPersistent, soon()).ok());
  ASSERT_TRUE(zk_->create(root_ + "/b", "2", CreateMode::kPersistent, soon()).ok());
  const std::vector<std::string> paths = {root_ + "/b", root_ + "/absent", root_ + "/a"};
  const auto read = zk_->get_all(paths, soon());
  ASSERT_THAT(read, SizeIs(3));
  EXPECT_EQ(read[0]->data, "2");
  EXPECT_EQ(read[1].error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read[2]->data, "1");
  const auto listed = zk_->children_all({root_, root_ + "/absent"}, soon());
  EXPECT_THAT(listed[0]->names, ElementsAre("a", "b"));
  EXPECT_FALSE(listed[1].ok());
  const auto found = zk_->exists_all({root_ + "/absent", root_}, soon());
  EXPECT_FALSE(found[0].ok());
  EXPECT_EQ(found[1]->num_children, 2);
  EXPECT_THAT(zk_->get_all({}, soon()), SizeIs(0));
}

TEST_F(ClientTest, ReadsDataOfSomeAndChildrenOfOthersTogether) {
  ASSERT_TRUE(zk_->create(root_ + "/a", "1", CreateMode::kPersistent, soon()).ok());
  const auto read =
      zk_->read_all({root_ + "/a", root_ + "/absent"}, {root_ + "/absent", root_}, soon());
  ASSERT_THAT(read.znodes, SizeIs(2));
  EXPECT_EQ(read.znodes[0]->data, "1");
  EXPECT_THAT(read.znodes[1].error().message, HasSubstr(root_ + "/absent"));
  ASSERT_THAT(read.children, SizeIs(2));
  EXPECT_EQ(read.children[0].error().code, ErrorCode::kNotFound);
  EXPECT_THAT(read.children[1]->names, ElementsAre("a"));
}

TEST_F(ClientTest, ReadsTenThousandInOneGo) {
  ASSERT_TRUE(zk_->set(root_, "x", -1, soon()).ok());
  const auto read = zk_->get_all(std::vector<std::string>(10'000, root_), Deadline::in(30s));
  ASSERT_THAT(read, SizeIs(10'000));
  for (const auto& one : read) ASSERT_EQ(one->data, "x");
}

TEST_F(ClientTest, FiresAWatchOnceOnAChangeOfChildren) {
  Signal fired;
  ASSERT_TRUE(zk_->children(root_, soon(), [&] { fired.set(); }).ok());
  ASSERT_TRUE(zk_->create(root_ + "/a", "", CreateMode::kPersistent, soon()).ok());
  EXPECT_TRUE(fired.wait());
  ASSERT_TRUE(zk_->create(root_ + "/b", "", CreateMode::kPersistent, soon()).ok());
  ASSERT_TRUE(zk_->sync(root_, soon()).ok());
  EXPECT_EQ(fired.count(), 1);
}

TEST_F(ClientTest, WatchesForAZnodeToAppearAndToGo) {
  Signal appeared;
  const auto absent = zk_->exists(root_ + "/a", soon(), [&] { appeared.set(); });
  EXPECT_EQ(absent.error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(zk_->create(root_ + "/a", "", CreateMode::kPersistent, soon()).ok());
  EXPECT_TRUE(appeared.wait());
  Signal gone;
  ASSERT_TRUE(zk_->exists(root_ + "/a", soon(), [&] { gone.set(); }).ok());
  ASSERT_TRUE(zk_->remove(root_ + "/a", -1, soon()).ok());
  EXPECT_TRUE(gone.wait());
}

TEST_F(ClientTest, FreesAWatchThatNeverFired) {
  auto held = std::make_shared<int>(1);
  auto other = connected();
  ASSERT_TRUE(other->children(root_, soon(), [held] {}).ok());
  ASSERT_FALSE(other->children(root_ + "/absent", soon(), [held] {}).ok());
  EXPECT_EQ(held.use_count(), 2) << "a watch that ZooKeeper did not take is freed at once";
  other->close();
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(ClientTest, TakesItsEphemeralZnodesAlongWhenClosed) {
  auto other = connected();
  ASSERT_TRUE(other->create(root_ + "/e", "", CreateMode::kEphemeral, soon()).ok());
  EXPECT_LT(took([&] { other->close(); }), 1000ms);
  other->close();
  EXPECT_EQ(other->state(), SessionState::kClosed);
  EXPECT_EQ(zk_->exists(root_ + "/e", soon()).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(other->get(root_, soon()).error().code, ErrorCode::kInternal);
}

TEST_F(ClientTest, LeavesTheSessionAliveWhenAbandonedAndEndsItLater) {
  auto first = connected();
  const SessionId id = first->session();
  ASSERT_TRUE(first->create(root_ + "/e", "", CreateMode::kEphemeral, soon()).ok());
  EXPECT_LT(took([&] { first->abandon(); }), 1000ms);
  std::this_thread::sleep_for(100ms);
  ASSERT_TRUE(zk_->exists(root_ + "/e", soon()).ok());

  auto again = Client::connect({.servers = server().servers(), .resume = id}, soon());
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ((*again)->session().id, id.id);
  EXPECT_LT(took([&] { (*again)->close(); }), 1000ms);
  EXPECT_EQ(zk_->exists(root_ + "/e", soon()).error().code, ErrorCode::kNotFound);
}

TEST_F(ClientTest, SaysThatASavedSessionIsOver) {
  auto first = connected();
  SessionId id = first->session();
  first->close();
  const auto again = Client::connect({.servers = server().servers(), .resume = id}, soon());
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, ErrorCode::kNotFound);
}

TEST_F(ClientTest, LeavesASessionAloneWhosePasswordItDoesNotKnow) {
  ASSERT_TRUE(zk_->create(root_ + "/own", "", CreateMode::kEphemeral, soon()).ok());
  SessionId id = zk_->session();
  id.password.fill('x');
  const auto other = Client::connect({.servers = server().servers(), .resume = id}, soon());
  EXPECT_EQ(other.error().code, ErrorCode::kNotFound);
  // The server drops the connection of a session that somebody asks for, before it looks at the
  // password; the owner connects again.
  const Deadline limit = soon();
  auto found = zk_->exists(root_ + "/own", limit);
  while (!found.ok() && found.error().code == ErrorCode::kUnreachable && !limit.passed()) {
    found = zk_->exists(root_ + "/own", limit);
  }
  EXPECT_TRUE(found.ok()) << found.error().message;
}

TEST(ClientConnect, NamesTheServersItTried) {
  Result<std::unique_ptr<Client>> result = invalid("not run");
  const auto span = took([&] {
    result = Client::connect({.servers = "127.0.0.1:1,127.0.0.1:2"}, Deadline::in(300ms));
  });
  EXPECT_EQ(result.error().code, ErrorCode::kTimeout);
  EXPECT_THAT(result.error().message, HasSubstr("127.0.0.1:1,127.0.0.1:2"));
  EXPECT_LT(span, 1000ms);
}

TEST(ClientConnect, RefusesAServerListThatIsNone) {
  for (const char* servers : {"", "host", "host:0", "a:1,,b:2", "a:1,b:99999"}) {
    const auto result = Client::connect({.servers = servers}, Deadline::in(300ms));
    EXPECT_EQ(result.error().code, ErrorCode::kInvalid) << servers;
  }
}

TEST_F(ClientTest, PassesOverAServerThatDoesNotAnswer) {
  const std::string servers = "127.0.0.1:1," + server().servers();
  for (int i = 0; i < 3; ++i) {
    const auto result = Client::connect({.servers = servers}, Deadline::in(4s));
    EXPECT_TRUE(result.ok());
  }
}

}  // namespace
}  // namespace arcus::zk
