// cmdlog, lqdetect, dump, scrub: what goes on beside the requests.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "core/base/text.h"
#include "tests/daemon/command/command_fixture.h"

namespace arcus::daemon {
namespace {

class WatchingTest : public CommandTest {
 protected:
  WatchingTest() : CommandTest(with_scrub()) { std::filesystem::create_directories(folder_); }
  ~WatchingTest() override { std::filesystem::remove_all(folder_); }

  static Config with_scrub() {
    Config config;
    config.scrub_commands = true;
    config.session_timeout = std::chrono::seconds(30);
    return config;
  }
  static std::string content(const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  // What is done in the background is over when that is so.
  template <typename Done>
  void await(const Done& done) {
    const auto deadline = Deadline::in(std::chrono::seconds(10));
    while (!done() && !deadline.passed()) std::this_thread::yield();
    EXPECT_TRUE(done());
  }

  const std::string folder_ =
      testing::TempDir() + "watching." +
      testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(WatchingTest, TheCommandLogHoldsEveryLine) {
  client_.set("before", "v");
  EXPECT_EQ(client_.ask("cmdlog start " + folder_), "\tcommand logging started.\n\r\n");
  EXPECT_EQ(client_.ask("cmdlog start " + folder_), "\tcommand logging already started.\n\r\n");
  client_.set("a", "v");
  client_.ask("get a b");
  EXPECT_EQ(client_.ask("cmdlog stop"), "\tcommand logging stopped.\n\r\n");
  EXPECT_EQ(engine_.attention(), 0u);
  EXPECT_EQ(client_.ask("cmdlog stop"), "\tcommand logging already stopped.\n\r\n");
  const std::string stats = client_.ask("cmdlog stats");
  EXPECT_NE(stats.find("stopped by explicit request"), std::string::npos);
  EXPECT_NE(stats.find("entered commands : 4\n"), std::string::npos) << stats;
  const auto file = std::filesystem::directory_iterator(folder_)->path().string();
  EXPECT_NE(file.find("/command_11211_"), std::string::npos) << file;
  await([&] { return lines(content(file)).size() == 4; });
  EXPECT_TRUE(lines(content(file))[1].ends_with(" unknown set a 0 0 1"));
  EXPECT_TRUE(lines(content(file))[2].ends_with(" unknown get a b"));
}

TEST_F(WatchingTest, TheCommandLogHoldsWhatIsNoCommand) {
  client_.ask("cmdlog start " + folder_);
  client_.ask("nonsense and more");
  client_.ask("");
  client_.ask("cmdlog stop");
  const auto file = std::filesystem::directory_iterator(folder_)->path().string();
  await([&] { return lines(content(file)).size() == 3; });
  EXPECT_TRUE(lines(content(file))[0].ends_with(" unknown nonsense and more"));
}

TEST(CommandFilters, WantWhatOneOfThemNames) {
  CommandFilters filters;
  EXPECT_TRUE(filters.want("anything"));
  EXPECT_TRUE(filters.add({"set", ""}));
  EXPECT_TRUE(filters.add({"", "k:*"}));
  EXPECT_TRUE(filters.add({"bop insert", ""}));
  EXPECT_TRUE(filters.add({"lop", "a?"}));
  EXPECT_TRUE(filters.add({"mget", ""}));
  for (const char* wanted : {"set any 0 0 1", "delete k:1", "get a k:1 b", "bop insert b 1 1",
                             "bop get k:x 1", "lop get ab 0", "lop create ac 0 0 0", "mget 3 1"}) {
    EXPECT_TRUE(filters.want(wanted)) << wanted;
  }
  for (const char* other : {"sets any", "delete x", "get a b", "bop upsert b 1 1", "lop get abc 0",
                            "sop get ab 0", "delete 1 k:1", "bop mget 3 1 k:1 1", "version", ""}) {
    EXPECT_FALSE(filters.want(other)) << other;
  }
}

TEST_F(WatchingTest, TheFiltersAreListed) {
  EXPECT_EQ(client_.ask("cmdlog filter list"), "(0 / 10)\n");
  client_.ask("cmdlog filter add command add key 123");
  client_.ask("cmdlog filter add key kvkey:12");
  client_.ask("cmdlog filter add command bop insert");
  EXPECT_EQ(client_.ask("cmdlog filter list"),
            "(3 / 10)\n0. command = add, key = 123\n1. key = kvkey:12\n2. command = bop insert\n");
  EXPECT_EQ(client_.ask("cmdlog filter remove 0"), "OK\r\n");
  EXPECT_EQ(client_.ask("cmdlog filter list"),
            "(2 / 10)\n0. key = kvkey:12\n1. command = bop insert\n");
}

TEST_F(WatchingTest, TheCommandLogHoldsOnlyWhatIsWanted) {
  client_.ask("cmdlog filter add command get key b");
  client_.ask("cmdlog start " + folder_);
  client_.set("b", "v");
  client_.ask("get a");
  client_.ask("get a b");
  client_.ask("cmdlog stop");
  EXPECT_NE(client_.ask("cmdlog stats").find("entered commands : 1\n"), std::string::npos);
}

TEST_F(WatchingTest, TheCommandLogNeedsItsFolder) {
  EXPECT_EQ(client_.ask("cmdlog start " + folder_ + "/none"),
            "\tcommand logging failed to start.\n\r\n");
  EXPECT_EQ(client_.ask("cmdlog start " + std::string(129, 'p')),
            "\tcommand logging failed to start, path exceeds 128.\n\r\n");
  EXPECT_EQ(client_.ask("cmdlog what"), 
            "\t* Usage: cmdlog [start [path] | stop | stats | filter [add | remove | list]]\n\r\n");
  EXPECT_NE(client_.ask("cmdlog stats").find("Not started"), std::string::npos);
}

TEST_F(WatchingTest, LongQueriesAreFoundByTheElementsTheyTouch) {
  for (int i = 0; i < 10; ++i) client_.ask("lop insert l -1 1 create 0 0 0", "x\r\n");
  EXPECT_EQ(client_.ask("lqdetect start 5"), "\tlong query detection started.\n\r\n");
  EXPECT_EQ(client_.ask("lqdetect start 5"), "\tlong query detection already started.\n\r\n");
  client_.ask("lop get l 0..3");
  client_.ask("lop get l 0..4");
  client_.ask("lop get l 0..4");
  client_.ask("lop delete l 0..-1");
  EXPECT_EQ(client_.ask("lqdetect stop"), "\tlong query detection stopped.\n\r\n");
  EXPECT_EQ(engine_.attention(), 0u);
  const std::string shown = client_.ask("lqdetect show");
  EXPECT_NE(shown.find("lop get : 2\n"), std::string::npos) << shown;
  EXPECT_NE(shown.find(" unknown <5> lop get l 0..4\nbop delete : 0\n"), std::string::npos) << shown;
  EXPECT_NE(shown.find(" unknown <10> lop delete l 0..-1\n"), std::string::npos) << shown;
  EXPECT_NE(client_.ask("lqdetect stats").find("total long query commands : 3\n"),
            std::string::npos);
  EXPECT_EQ(client_.ask("lqdetect start x"), "CLIENT_ERROR bad command line format\r\n");
}

TEST(LongQueries, EndWhenAllSamplesAreTaken) {
  LongQueries queries;
  EXPECT_TRUE(queries.start(1));
  bool goes_on = true;
  for (const char* command : {"sop get", "mop delete", "mop get", "lop insert", "lop delete",
                              "lop get", "bop delete", "bop get", "bop count", "bop gbp"}) {
    for (int i = 0; i < 20; ++i) {
      EXPECT_TRUE(goes_on);
      goes_on = queries.note("ip", std::string(command) + " k " + std::to_string(i), 1);
    }
  }
  EXPECT_FALSE(goes_on);
  EXPECT_NE(queries.stats_text().find("overflow"), std::string::npos);
}

TEST_F(WatchingTest, ADumpHoldsTheKeysAndASummary) {
  client_.set("a:1", "v");
  client_.set("a:2", "v", "100");
  client_.set("b:1", "v");
  const std::string path = folder_ + "/keys";
  EXPECT_EQ(client_.ask("dump start key a " + path), "OK\r\n");
  await([&] { return !engine_.key_dump().state().running; });
  auto said = lines(content(path));
  std::sort(said.begin(), said.end());
  ASSERT_EQ(said.size(), 3u);
  EXPECT_EQ(said[0], "DUMP SUMMARY: { prefix=a, count=2, total=3 elapsed=0 }");
  EXPECT_EQ(said[1], "K a:1 0");
  EXPECT_EQ(said[2], "K a:2 1700000100");
  EXPECT_EQ(client_.ask("stats dump"),
            "STAT dumper:status stopped\r\nSTAT dumper:success true\r\nSTAT dumper:mode key\r\n"
            "STAT dumper:last_run 0\r\nSTAT dumper:dumped 2\r\nSTAT dumper:prefix a\r\n"
            "STAT dumper:filepath " + path + "\r\nEND\r\n");
  // What is there already stays.
  EXPECT_TRUE(client_.ask("dump start key " + path).starts_with("SERVER_ERROR "));
}

class StaleTest : public WatchingTest {
 protected:
  static constexpr const char* kSelf = "10.0.0.1:11211";
  StaleTest() {
    engine_.cloud_state = [] {
      CloudState state;
      state.address = kSelf;
      return state;
    };
    for (int i = 0; i < 1000; ++i) client_.set("k" + std::to_string(i), "v");
  }
  std::uint64_t items() { return engine_.store().stats().shards.items; }
};

TEST_F(StaleTest, WhatAnotherNodeHoldsIsScrubbed) {
  engine_.set_cloud_nodes({"10.0.0.1:11211-one", "10.0.0.2:11211-two"});
  EXPECT_EQ(client_.ask("scrub stale"), "OK\r\n");
  await([&] { return !engine_.scrub_state().running; });
  const Ring ring({"10.0.0.1:11211", "10.0.0.2:11211"});
  std::uint64_t own = 0;
  for (int i = 0; i < 1000; ++i) own += ring.node_of("k" + std::to_string(i)) == kSelf ? 1 : 0;
  EXPECT_EQ(items(), own);
  EXPECT_EQ(engine_.scrub_state().visited, 1000u);
  EXPECT_EQ(engine_.scrub_state().cleaned, 1000u - own);
}

TEST_F(StaleTest, NothingIsScrubbedByANodeThatIsNotOfItsCloud) {
  engine_.set_cloud_nodes({"10.0.0.2:11211-two"});
  EXPECT_EQ(client_.ask("scrub stale"), "NOT_SUPPORTED\r\n");
}

TEST_F(StaleTest, IsScrubbedOneSessionTimeoutAfterANodeHasCome) {
  engine_.set_cloud_nodes({"10.0.0.1:11211-one"});
  clock_.passed = std::chrono::seconds(100);
  engine_.sweep();
  EXPECT_EQ(engine_.scrub_state().started, 0u);
  engine_.set_cloud_nodes({"10.0.0.1:11211-one", "10.0.0.2:11211-two"});
  clock_.passed = std::chrono::seconds(129);
  engine_.sweep();
  EXPECT_EQ(engine_.scrub_state().started, 0u);
  clock_.passed = std::chrono::seconds(130);
  engine_.sweep();
  await([&] { return !engine_.scrub_state().running; });
  EXPECT_TRUE(engine_.scrub_state().stale);
  EXPECT_LT(items(), 1000u);
  // One that goes is no reason.
  engine_.set_cloud_nodes({"10.0.0.1:11211-one"});
  clock_.passed = std::chrono::seconds(1000);
  engine_.sweep();
  EXPECT_EQ(engine_.scrub_state().started, 1'700'000'130u);
}

}  // namespace
}  // namespace arcus::daemon
