// Commands driven without a socket: bytes in, reply out.
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>

#include "daemon/command/command.h"

namespace arcus::daemon {
namespace {

class FakeClock : public Clock {
 public:
  Steady now() const override { return Steady(std::chrono::seconds(100) + passed); }
  Wall wall() const override { return Wall(std::chrono::seconds(1'700'000'000)); }
  std::chrono::seconds passed{0};
};

class SessionTest : public testing::Test {
 protected:
  SessionTest() : engine_(config(), "1.2.3", clock_), stats_(engine_.new_thread_stats()) {}

  static Config config() {
    Config config;
    config.sticky_mb = 1;
    return config;
  }

  Progress start(const std::string& line) {
    line_ = line + "\r\n";
    Call call{engine_, stats_, engine_.now(), reply_, session_};
    return session_.start(call, Request(parser_.parse(line_).request));
  }
  Progress resume() {
    Call call{engine_, stats_, engine_.now(), reply_, session_};
    return session_.resume(call);
  }
  Progress body(const std::string& bytes) {
    EXPECT_EQ(session_.body().left, bytes.size());
    if (session_.body().at != nullptr) std::memcpy(session_.body().at, bytes.data(), bytes.size());
    session_.arrived(bytes.size());
    EXPECT_TRUE(session_.body_complete());
    Call call{engine_, stats_, engine_.now(), reply_, session_};
    return session_.finish_body(call);
  }
  std::string said() {
    std::string text;
    while (!reply_.empty()) {
      std::array<iovec, 16> entries;
      const int count = reply_.gather(entries.data(), 16);
      std::size_t size = 0;
      for (int i = 0; i < count; ++i) {
        text.append(static_cast<const char*>(entries[i].iov_base), entries[i].iov_len);
        size += entries[i].iov_len;
      }
      reply_.sent(size);
    }
    return text;
  }
  void set(const std::string& key, const std::string& value, const std::string& exptime = "0") {
    EXPECT_EQ(start("set " + key + " 0 " + exptime + " " + std::to_string(value.size())),
              Progress::kNeedBody);
    EXPECT_EQ(body(value + "\r\n"), Progress::kDone);
    EXPECT_EQ(said(), "STORED\r\n");
  }

  FakeClock clock_;
  Engine engine_;
  ThreadStats& stats_;
  Reply reply_;
  Session session_;
  RequestParser parser_;
  std::string line_;
};

TEST_F(SessionTest, AStorageCommandAsksForItsBodyAndThenAnswers) {
  EXPECT_EQ(start("set a 5 0 3"), Progress::kNeedBody);
  EXPECT_NE(session_.body().at, nullptr);
  EXPECT_EQ(said(), "");
  EXPECT_EQ(body("abc\r\n"), Progress::kDone);
  EXPECT_EQ(said(), "STORED\r\n");
  EXPECT_EQ(start("get a"), Progress::kDone);
  EXPECT_EQ(said(), "VALUE a 5 3\r\nabc\r\nEND\r\n");
}

TEST_F(SessionTest, AValueThatIsRefusedIsThrownAway) {
  EXPECT_EQ(start("set a 0 0 2000000"), Progress::kNeedBody);
  EXPECT_EQ(session_.body().at, nullptr);
  EXPECT_EQ(said(), "SERVER_ERROR object too large for cache\r\n");
  EXPECT_EQ(body(std::string(2000002, 'x')), Progress::kDone);
  EXPECT_EQ(said(), "");
}

TEST_F(SessionTest, GetYieldsWhenTheReplyIsFullAndGoesOnLater) {
  const std::string value(100'000, 'v');
  std::string keys, expected;
  for (int i = 0; i < 20; ++i) {
    const std::string key = "key" + std::to_string(i);
    set(key, value);
    keys += " " + key;
    expected += "VALUE " + key + " 0 100000\r\n" + value + "\r\n";
  }
  Progress progress = start("get" + keys);
  std::string all;
  int yields = 0;
  while (progress == Progress::kYield) {
    ++yields;
    EXPECT_TRUE(session_.yielded());
    EXPECT_LT(reply_.pending(), Reply::kFull + 200'000);
    all += said();
    progress = resume();
  }
  EXPECT_EQ(progress, Progress::kDone);
  EXPECT_EQ(yields, 6);
  EXPECT_TRUE(all + said() == expected + "END\r\n");
}

TEST_F(SessionTest, TimeIsTheEnginesAndItemsExpireByIt) {
  set("relative", "v", "60");
  set("absolute", "v", "1700000060");
  set("month", "v", "2592000");
  set("sticky", "v", "-1");
  clock_.passed = std::chrono::seconds(59);
  start("get relative absolute");
  EXPECT_EQ(said(), "VALUE relative 0 1\r\nv\r\nVALUE absolute 0 1\r\nv\r\nEND\r\n");
  clock_.passed = std::chrono::seconds(60);
  start("get relative absolute month sticky");
  EXPECT_EQ(said(), "VALUE month 0 1\r\nv\r\nVALUE sticky 0 1\r\nv\r\nEND\r\n");
}

TEST(Expiry, FollowsArcusAndMemcached) {
  constexpr Seconds kNow = 1'700'000'000;
  EXPECT_EQ(expiry_of(0, kNow), kNever);
  EXPECT_EQ(expiry_of(-1, kNow), kSticky);
  EXPECT_EQ(expiry_of(-2, kNow), kAlreadyExpired);
  EXPECT_EQ(expiry_of(1, kNow), kNow + 1);
  EXPECT_EQ(expiry_of(2'592'000, kNow), kNow + 2'592'000);
  EXPECT_EQ(expiry_of(2'592'001, kNow), 2'592'001u);
  EXPECT_EQ(expiry_of(1'800'000'000, kNow), 1'800'000'000u);
  EXPECT_EQ(expiry_of(INT64_MAX, kNow), kNever);
}

TEST_F(SessionTest, CountsWhatItDid) {
  set("a", "1");
  start("get a b");
  start("incr a 1");
  start("touch b 0");
  const CommandStats stats = engine_.command_stats();
  EXPECT_EQ(stats.cmd_get, 2u);
  EXPECT_EQ(stats.get_hits, 1u);
  EXPECT_EQ(stats.get_misses, 1u);
  EXPECT_EQ(stats.incr_hits, 1u);
  EXPECT_EQ(stats.touch_misses, 1u);
  engine_.reset_stats();
  EXPECT_EQ(engine_.command_stats().cmd_get, 0u);
}

TEST_F(SessionTest, QuitClosesWithoutAWord) {
  EXPECT_EQ(start("quit"), Progress::kClose);
  EXPECT_EQ(said(), "");
}

}  // namespace
}  // namespace arcus::daemon
