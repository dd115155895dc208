// Who clients are: libsasl2 with users of ours. Each test is a process of its own, as the library's
// state is the process's.
#include "daemon/auth/authentication.h"

#include <gtest/gtest.h>

#include <future>
#include <utility>

#include "tests/support/scram.h"

namespace arcus::daemon {
namespace {

using tests::ScramClient;
using Outcome = Exchange::Outcome;

TEST(Permissions, AreReadFromTheirNames) {
  EXPECT_EQ(parse_permissions("kv,list"), Permission::kKv | Permission::kList);
  EXPECT_EQ(parse_permissions("set,map,btree,attr,scan,flush,admin,logall"),
            (Permission::kAll & ~(Permission::kKv | Permission::kList)) | Permission::kLogAll);
  EXPECT_EQ(parse_permissions(""), Permission::kNone);
  EXPECT_EQ(parse_permissions("KV,all,k"), Permission::kNone);
  EXPECT_EQ(parse_permissions(" kv ,\n"), Permission::kKv);
}

Users alice_only() {
  Users users;
  users["alice"] = {Permission::kKv, {{"authPassword", tests::scram_secret("wonder")}}};
  return users;
}

class AuthenticationTest : public testing::Test {
 protected:
  AuthenticationTest()
      : authentication_({[this] { return read(); }, [this] { ++turned_on_; }, false}) {}

  Result<Users> read() {
    const std::lock_guard lock(mutex_);
    ++readings_;
    read_again_.notify_all();
    if (fails_) return Error{ErrorCode::kUnreachable, "no ZooKeeper", true};
    return users_;
  }
  void await_readings(int count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(read_again_.wait_for(lock, std::chrono::seconds(10),
                                     [&] { return readings_ >= count; }));
  }

  Outcome log_in(const std::string& user, const std::string& password) {
    ScramClient client(user, password);
    const auto exchange = authentication_.begin();
    Outcome outcome = exchange->start("SCRAM-SHA-256", client.first());
    if (outcome != Outcome::kContinue) return outcome;
    outcome = exchange->step(client.second(std::string(exchange->answer())));
    if (outcome != Outcome::kContinue) return outcome;
    EXPECT_EQ(exchange->answer(), client.expected());
    outcome = exchange->step("");
    EXPECT_EQ(exchange->user(), user);
    return outcome;
  }

  std::mutex mutex_;
  std::condition_variable read_again_;
  Users users_ = alice_only();
  bool fails_ = false;
  int readings_ = 0;
  std::atomic<int> turned_on_ = 0;
  Authentication authentication_;  // last: its thread uses the above
};

TEST_F(AuthenticationTest, LetsInWhoKnowsThePassword) {
  ASSERT_TRUE(authentication_.turn_on().ok());
  EXPECT_TRUE(authentication_.on());
  EXPECT_EQ(turned_on_, 1);
  EXPECT_EQ(authentication_.begin()->mechanisms(), "SCRAM-SHA-256");
  EXPECT_EQ(log_in("alice", "wonder"), Outcome::kDone);
  EXPECT_EQ(log_in("alice", "wander"), Outcome::kFailed);
  EXPECT_EQ(log_in("bob", "wonder"), Outcome::kFailed);
  EXPECT_EQ(authentication_.permissions_of("alice"), Permission::kKv);
  EXPECT_EQ(authentication_.permissions_of("bob"), std::nullopt);
}

TEST_F(AuthenticationTest, RefusesOtherMechanismsAndStepsOutOfTurn) {
  ASSERT_TRUE(authentication_.turn_on().ok());
  const auto exchange = authentication_.begin();
  EXPECT_EQ(exchange->step("x"), Outcome::kFailed);
  EXPECT_EQ(exchange->start("PLAIN", std::string("\0alice\0wonder", 13)), Outcome::kFailed);
  EXPECT_EQ(exchange->start("ANONYMOUS", "x"), Outcome::kFailed);
  EXPECT_EQ(exchange->start("", ""), Outcome::kFailed);
  EXPECT_EQ(authentication_.begin()->start("SCRAM-SHA-256", "nonsense"), Outcome::kFailed);
}

TEST_F(AuthenticationTest, NobodyActsForSomebodyElse) {
  users_["root"] = {Permission::kAdmin, {{"authPassword", tests::scram_secret("other")}}};
  ASSERT_TRUE(authentication_.turn_on().ok());
  ScramClient client("alice", "wonder");
  const auto exchange = authentication_.begin();
  std::string first = client.first();
  first.replace(0, 3, "n,a=root,");
  Outcome outcome = exchange->start("SCRAM-SHA-256", first);
  if (outcome == Outcome::kContinue) {
    outcome = exchange->step(client.second(std::string(exchange->answer())));
  }
  EXPECT_EQ(outcome, Outcome::kFailed);
}

TEST_F(AuthenticationTest, ReadsTheUsersAgainWhenAsked) {
  EXPECT_FALSE(authentication_.reload());
  ASSERT_TRUE(authentication_.turn_on().ok());
  {
    const std::lock_guard lock(mutex_);
    users_["bob"] = {Permission::kAdmin, {{"authPassword", tests::scram_secret("builder")}}};
  }
  EXPECT_TRUE(authentication_.reload());
  await_readings(2);
  EXPECT_TRUE(authentication_.reload());
  await_readings(3);  // so the second has been taken
  EXPECT_EQ(log_in("bob", "builder"), Outcome::kDone);
  EXPECT_EQ(log_in("alice", "wonder"), Outcome::kDone);
}

TEST_F(AuthenticationTest, KeepsTheUsersWhenTheyCannotBeRead) {
  ASSERT_TRUE(authentication_.turn_on().ok());
  {
    const std::lock_guard lock(mutex_);
    fails_ = true;
  }
  EXPECT_TRUE(authentication_.reload());
  await_readings(2);
  EXPECT_TRUE(authentication_.reload());
  await_readings(3);
  EXPECT_EQ(log_in("alice", "wonder"), Outcome::kDone);
}

TEST_F(AuthenticationTest, IsNotTurnedOnWithoutUsers) {
  fails_ = true;
  const Status status = authentication_.turn_on();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "reading the users: no ZooKeeper");
  EXPECT_FALSE(authentication_.on());
  fails_ = false;
  EXPECT_TRUE(authentication_.turn_on().ok());
}

}  // namespace
}  // namespace arcus::daemon
