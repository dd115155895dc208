// How a session waits: for a value, for its turn, for the rest of its keys.
#include <set>
#include <string>

#include "core/base/text.h"
#include "tests/daemon/command/command_fixture.h"

namespace arcus::daemon {
namespace {

using SessionTest = CommandTest;

TEST_F(SessionTest, AStorageCommandAsksForItsBodyAndThenAnswers) {
  EXPECT_EQ(client_.start("set a 5 0 3"), Progress::kNeedBody);
  EXPECT_NE(client_.session().body().at, nullptr);
  EXPECT_EQ(client_.said(), "");
  EXPECT_EQ(client_.body("abc\r\n"), Progress::kDone);
  EXPECT_EQ(client_.said(), "STORED\r\n");
  EXPECT_EQ(client_.ask("get a"), "VALUE a 5 3\r\nabc\r\nEND\r\n");
}

TEST_F(SessionTest, AValueThatIsRefusedIsThrownAway) {
  EXPECT_EQ(client_.start("set a 0 0 2000000"), Progress::kNeedBody);
  EXPECT_EQ(client_.session().body().at, nullptr);
  EXPECT_EQ(client_.said(), "SERVER_ERROR object too large for cache\r\n");
  EXPECT_EQ(client_.body(std::string(2000002, 'x')), Progress::kDone);
  EXPECT_EQ(client_.said(), "");
}

TEST_F(SessionTest, GetYieldsWhenTheReplyIsFullAndGoesOnLater) {
  const std::string value(100'000, 'v');
  std::string keys, expected;
  for (int i = 0; i < 20; ++i) {
    const std::string key = "key" + std::to_string(i);
    client_.set(key, value);
    keys += " " + key;
    expected += "VALUE " + key + " 0 100000\r\n" + value + "\r\n";
  }
  Progress progress = client_.start("get" + keys);
  std::string all;
  int yields = 0;
  while (progress == Progress::kYield) {
    ++yields;
    EXPECT_TRUE(client_.session().yielded());
    EXPECT_LT(client_.reply().pending(), Reply::kFull + 200'000);
    all += client_.said();
    progress = client_.resume();
  }
  EXPECT_EQ(progress, Progress::kDone);
  EXPECT_EQ(yields, 6);
  EXPECT_TRUE(all + client_.said() == expected + "END\r\n");
}

TEST_F(SessionTest, ManyKeysAreAnsweredInTheirOrder) {
  std::string keys, expected;
  for (int i = 0; i < 100; ++i) {
    const std::string key = "k" + std::to_string(i);
    keys += " " + key;
    if (i % 3 != 0) continue;
    client_.set(key, std::to_string(i));
    const std::string size = i < 10 ? "1" : "2";
    expected += "VALUE " + key + " 0 " + size + "\r\n" + std::to_string(i) + "\r\n";
  }
  EXPECT_EQ(client_.ask("get" + keys), expected + "END\r\n");
  EXPECT_EQ(client_.ask("gat 0" + keys), expected + "END\r\n");
}

TEST_F(SessionTest, TimeIsTheEnginesAndItemsExpireByIt) {
  client_.set("relative", "v", "60");
  client_.set("absolute", "v", "1700000060");
  client_.set("month", "v", "2592000");
  client_.set("sticky", "v", "-1");
  clock_.passed = std::chrono::seconds(59);
  EXPECT_EQ(client_.ask("get relative absolute"),
            "VALUE relative 0 1\r\nv\r\nVALUE absolute 0 1\r\nv\r\nEND\r\n");
  clock_.passed = std::chrono::seconds(60);
  EXPECT_EQ(client_.ask("get relative absolute month sticky"),
            "VALUE month 0 1\r\nv\r\nVALUE sticky 0 1\r\nv\r\nEND\r\n");
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
  client_.set("a", "1");
  client_.ask("get a b");
  client_.ask("incr a 1");
  client_.ask("touch b 0");
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
  EXPECT_EQ(client_.start("quit"), Progress::kClose);
  EXPECT_EQ(client_.said(), "");
}

TEST_F(SessionTest, ItemsAreDumpedInSlices) {
  for (int i = 0; i < 20'000; ++i) client_.set("key" + std::to_string(i), "v");
  Progress progress = client_.start("lru_crawler metadump all");
  std::string all;
  int yields = 0;
  while (progress == Progress::kYield) {
    ++yields;
    EXPECT_LT(client_.reply().pending(), Reply::kFull * 2);
    all += client_.said();
    // Others have their turn, and their changes do not confuse it.
    Speaker other(engine_);
    other.set("other" + std::to_string(yields), "v");
    progress = client_.resume();
  }
  all += client_.said();
  EXPECT_GT(yields, 5);
  EXPECT_TRUE(all.ends_with("END\r\n"));
  std::set<std::string> keys;
  for (const auto& line : lines(all)) keys.insert(line.substr(0, line.find(' ')));
  for (int i = 0; i < 20'000; ++i) EXPECT_TRUE(keys.contains("key=key" + std::to_string(i))) << i;
}

TEST_F(SessionTest, SizesAreCountedInSlices) {
  for (int i = 0; i < 20'000; ++i) client_.set("k" + std::to_string(10'000 + i), "v");
  client_.ask("stats sizes_enable");
  EXPECT_EQ(client_.start("stats sizes"), Progress::kYield);
  Progress progress = Progress::kYield;
  while (progress == Progress::kYield) progress = client_.resume();
  EXPECT_EQ(client_.said(), "STAT 32 20000\r\nEND\r\n");
}

}  // namespace
}  // namespace arcus::daemon
