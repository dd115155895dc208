// Values on their way into the store: from where they come, where they go, and what others do
// meanwhile.
#include <string>
#include <thread>
#include <vector>

#include "tests/daemon/command/command_fixture.h"

namespace arcus::daemon {
namespace {

using StoringTest = CommandTest;

class FullTest : public CommandTest {
 protected:
  FullTest() : CommandTest(config()) {}

  static Config config() {
    Config config = default_config();
    config.memory_mb = 8;
    config.evict = false;
    return config;
  }
};

TEST_F(StoringTest, ABodyBehindItsLineIsTaken) {
  EXPECT_EQ(client_.start_before("set a 0 0 3", "abc\r\nget a\r\n"), Progress::kDone);
  EXPECT_TRUE(client_.taken());
  EXPECT_EQ(client_.said(), "STORED\r\n");
  EXPECT_EQ(client_.get("a"), "abc");
}

TEST_F(StoringTest, ABodyThatIsNotAllThereIsWaitedFor) {
  EXPECT_EQ(client_.start_before("set a 0 0 3", "abc\r"), Progress::kNeedBody);
  EXPECT_FALSE(client_.taken());
}

TEST_F(StoringTest, ABodyBehindABadLineIsTheNextRequest) {
  for (const char* line : {"set a x 0 3", "set a 0 0 3 4 5", "cas a 0 0 3 x", "ms a x"}) {
    EXPECT_EQ(client_.start_before(line, "abc\r\n"), Progress::kDone) << line;
    EXPECT_FALSE(client_.taken()) << line;
    EXPECT_NE(client_.said().find("ERROR"), std::string::npos) << line;
  }
}

TEST_F(StoringTest, ABodyBehindBadFlagsIsPassedOver) {
  EXPECT_EQ(client_.ask("ms a 3 z", "abc\r\n"), "CLIENT_ERROR invalid flag\r\n");
  EXPECT_TRUE(client_.taken());
  EXPECT_EQ(client_.ask("set a 0 0 1100000", std::string(1'100'000, 'x') + "\r\n"),
            "SERVER_ERROR object too large for cache\r\n");
  EXPECT_TRUE(client_.taken());
}

TEST_F(StoringTest, AValueWithoutItsLineEndIsRefusedWhereverItLies) {
  for (const std::size_t size : {1, 3000, 100'000}) {
    const std::string line = "set a 0 0 " + std::to_string(size);
    const std::string wrong(size + 2, 'x');
    EXPECT_EQ(client_.ask(line, wrong), "CLIENT_ERROR bad data chunk\r\n");
    EXPECT_EQ(client_.start(line), Progress::kNeedBody);
    EXPECT_EQ(client_.body(wrong), Progress::kDone);
    EXPECT_EQ(client_.said(), "CLIENT_ERROR bad data chunk\r\n");
  }
  EXPECT_EQ(client_.get("a"), "none");
}

TEST_F(StoringTest, EverySizeIsStoredFromEverywhere) {
  for (const std::size_t size : {0, 1, 255, 256, 2047, 2048, 2049, 16384, 16385, 1'000'000}) {
    const std::string value(size, 'v');
    const std::string line = " a 0 0 " + std::to_string(size);
    client_.set("a", value);
    EXPECT_TRUE(client_.get("a") == value) << size;
    EXPECT_EQ(client_.ask_later("set" + line, value), "STORED\r\n");
    EXPECT_TRUE(client_.get("a") == value) << size;
    EXPECT_EQ(client_.ask_later("ms a " + std::to_string(size) + " MR s", value),
              "HD s" + std::to_string(size) + "\r\n");
    EXPECT_TRUE(client_.get("a") == value) << size;
  }
}

TEST_F(StoringTest, WhatIsAppendedGrowsThroughAllSizes) {
  std::string expected = "0";
  client_.set("a", expected);
  for (std::size_t size = 1; size < 300'000; size *= 3) {
    const std::string piece(size, static_cast<char>('a' + size % 26));
    const std::string bytes = std::to_string(size);
    EXPECT_EQ(client_.ask("append a 0 0 " + bytes, piece + "\r\n"), "STORED\r\n");
    EXPECT_EQ(client_.ask_later("prepend a 0 0 " + bytes, piece), "STORED\r\n");
    expected = piece + expected + piece;
    EXPECT_TRUE(client_.get("a") == expected) << size;
  }
  const std::string piece(1'000'000, 'x');
  EXPECT_EQ(client_.ask("append a 0 0 1000000", piece + "\r\n"),
            "SERVER_ERROR object too large for cache\r\n");
  EXPECT_TRUE(client_.get("a") == expected);
}

TEST_F(StoringTest, AReplyKeepsTheOldValueWhileItIsReplaced) {
  const std::string old(100'000, 'o');
  client_.set("a", old);
  EXPECT_EQ(client_.start("get a"), Progress::kDone);
  Speaker other(engine_);
  EXPECT_EQ(other.ask("append a 0 0 1", "x\r\n"), "STORED\r\n");
  other.ask("flush_all");
  EXPECT_TRUE(client_.said() == "VALUE a 0 100000\r\n" + old + "\r\nEND\r\n");
}

TEST_F(StoringTest, NothingIsLostOfWhatSeveralAppend) {
  constexpr int kThreads = 4;
  constexpr int kTimes = 400;
  client_.set("a", "");
  client_.set("n", "0");
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t] {
      Speaker speaker(engine_);
      const std::string piece(100, static_cast<char>('a' + t));
      for (int i = 0; i < kTimes; ++i) {
        EXPECT_EQ(
            speaker.ask(t % 2 == 0 ? "append a 0 0 100" : "prepend a 0 0 100", piece + "\r\n"),
            "STORED\r\n");
        speaker.ask("incr n 1");
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const std::string value = client_.get("a");
  EXPECT_EQ(value.size(), 100u * kThreads * kTimes);
  for (int t = 0; t < kThreads; ++t) {
    EXPECT_EQ(std::count(value.begin(), value.end(), 'a' + t), 100 * kTimes);
  }
  EXPECT_EQ(client_.get("n"), std::to_string(kThreads * kTimes));
}

TEST_F(StoringTest, OfThoseWhoCompareAndSwapOneWins) {
  constexpr int kThreads = 4;
  constexpr int kTimes = 300;
  client_.set("a", "0");
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this] {
      Speaker speaker(engine_);
      for (int done = 0; done < kTimes;) {
        const std::string now = speaker.ask("mg a v c");  // VA <size> c<id>
        const auto id = now.find(" c") + 2;
        const std::string cas = now.substr(id, now.find('\r') - id);
        const std::string next = std::to_string(std::stoi(now.substr(now.find('\n') + 1)) + 1);
        const std::string answer =
            speaker.ask("ms a " + std::to_string(next.size()) + " C" + cas, next + "\r\n");
        if (answer == "HD\r\n") ++done;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(client_.get("a"), std::to_string(kThreads * kTimes));
}

TEST_F(FullTest, WhatFindsNoRoomIsAnErrorAndWhatItWasToReplaceIsGone) {
  const std::string value(1000, 'v');
  std::string answer = "STORED\r\n";
  int stored = 0;
  for (; answer == "STORED\r\n" && stored < 100'000; ++stored) {
    answer = client_.ask("set k" + std::to_string(stored) + " 0 0 1000", value + "\r\n");
  }
  EXPECT_EQ(answer, "SERVER_ERROR out of memory storing object\r\n");
  answer.clear();
  for (int i = 0; answer.empty() && i < 1000; ++i) {
    answer = client_.ask("ms x" + std::to_string(i) + " 1000 q", value + "\r\n");
  }
  EXPECT_EQ(answer, "SERVER_ERROR out of memory storing object\r\n");
  // Large ones too, here and still to come.
  const std::string large(500'000, 'l');
  const std::string out = "SERVER_ERROR out of memory storing object\r\n";
  EXPECT_EQ(client_.ask("set k0 0 0 500000", large + "\r\n"), out);
  EXPECT_EQ(client_.get("k0"), "none");
  EXPECT_EQ(client_.start("set k1 0 0 500000"), Progress::kNeedBody);
  EXPECT_EQ(client_.session().body().at, nullptr);
  EXPECT_EQ(client_.body(large + "\r\n"), Progress::kDone);
  EXPECT_EQ(client_.said(), out);
  EXPECT_EQ(client_.get("k1"), "none");
  // What cannot be added, replaced or extended stays.
  EXPECT_EQ(client_.ask("append k2 0 0 500000", large + "\r\n"), out);
  EXPECT_EQ(client_.ask("replace k2 0 0 500000", large + "\r\n"), out);
  EXPECT_EQ(client_.get("k2"), value);
  EXPECT_GT(engine_.command_stats().store_no_memory, 0u);
}

TEST_F(StoringTest, MoreStickyItemsThanFitAreAnError) {
  const std::string value(1000, 's');
  std::string answer = "STORED\r\n";
  for (int i = 0; answer == "STORED\r\n" && i < 10'000; ++i) {
    answer = client_.ask("set s" + std::to_string(i) + " 0 -1 1000", value + "\r\n");
  }
  EXPECT_EQ(answer, "SERVER_ERROR out of memory storing object\r\n");
  client_.set("plain", value);
  EXPECT_EQ(client_.ask("touch plain -1"), "SERVER_ERROR out of memory storing object\r\n");
  EXPECT_EQ(client_.ask("mg plain T-1"), "SERVER_ERROR out of memory storing object\r\n");
  EXPECT_EQ(client_.ask("mg plain s t"), "HD s1000 t-1\r\n");
  EXPECT_EQ(client_.ask("mg s0 t"), "HD t-1\r\n");
  EXPECT_EQ(client_.ask("delete s0"), "DELETED\r\n");
  EXPECT_EQ(client_.ask("touch plain -1"), "TOUCHED\r\n");
}

}  // namespace
}  // namespace arcus::daemon
