// Prefixes: what belongs to one, flushing and counting them in slices.
#include "daemon/command/prefix.h"

#include <string>

#include "tests/daemon/command/command_fixture.h"

namespace arcus::daemon {
namespace {

TEST(Prefix, IsWhatStandsBeforeTheFirstDelimiter) {
  EXPECT_EQ(prefix_of("a:b:c", ':'), "a");
  EXPECT_EQ(prefix_of("a:", ':'), "a");
  EXPECT_EQ(prefix_of("plain", ':'), "");
  EXPECT_EQ(prefix_of("a.b:c", '.'), "a");
  // The first character ends none.
  EXPECT_EQ(prefix_of(":a", ':'), "");
  EXPECT_EQ(prefix_of("::a", ':'), ":");
  EXPECT_EQ(prefix_of(std::string(250, 'p') + ":a", ':').size(), 250u);
  EXPECT_EQ(prefix_of(std::string(251, 'p') + ":a", ':'), "");
}

TEST(Prefix, HoldsThoseWithinIt) {
  EXPECT_TRUE(in_prefix("a:b:c", "a", ':'));
  EXPECT_TRUE(in_prefix("a:b:c", "a:b", ':'));
  EXPECT_FALSE(in_prefix("a:b:c", "a:b:c", ':'));
  EXPECT_FALSE(in_prefix("ab:c", "a", ':'));
  EXPECT_FALSE(in_prefix("a", "a", ':'));
  EXPECT_TRUE(in_prefix("plain", "", ':'));
  EXPECT_FALSE(in_prefix("a:b", "", ':'));
}

class PrefixTest : public CommandTest {
 protected:
  void set_many(const std::string& prefix, int count) {
    for (int i = 0; i < count; ++i) client_.set(prefix + ":" + std::to_string(i), "v");
  }
  // How often a command yields; others store more of another prefix meanwhile.
  int yields(const std::string& line) {
    Progress progress = client_.start(line);
    Speaker other(engine_);
    int count = 0;
    for (; progress == Progress::kYield; ++count) {
      for (int i = 0; i < 20; ++i) other.set("b:new" + std::to_string(count * 20 + i), "v");
      progress = client_.resume();
    }
    EXPECT_EQ(progress, Progress::kDone);
    return count;
  }
  std::uint64_t items() { return engine_.store().stats().shards.items; }
};

TEST_F(PrefixTest, IsFlushedInSlicesWithNothingLeft) {
  set_many("a", 10'000);
  set_many("b", 10'000);
  const int slices = yields("flush_prefix a");
  EXPECT_EQ(client_.said(), "OK\r\n");
  EXPECT_GT(slices, 3);
  EXPECT_EQ(items(), 10'000u + static_cast<unsigned>(slices) * 20);
  EXPECT_EQ(client_.get("b:1"), "v");
}

TEST_F(PrefixTest, IsFlushedByTheSweeperWhenDelayed) {
  set_many("a", 100);
  set_many("b", 100);
  EXPECT_EQ(client_.ask("flush_prefix a 10"), "OK\r\n");
  EXPECT_EQ(client_.ask("flush_prefix b 10"), "OK\r\n");
  EXPECT_EQ(client_.ask("flush_prefix b 20"), "OK\r\n");
  clock_.passed = std::chrono::seconds(9);
  engine_.sweep();
  EXPECT_EQ(items(), 200u);
  clock_.passed = std::chrono::seconds(10);
  engine_.sweep();
  EXPECT_EQ(items(), 100u);
  set_many("a", 10);
  clock_.passed = std::chrono::seconds(20);
  engine_.sweep();
  EXPECT_EQ(items(), 10u);
}

TEST_F(PrefixTest, IsCountedInSlices) {
  set_many("a", 10'000);
  EXPECT_GT(yields("stats prefixes"), 1);
  EXPECT_TRUE(client_.said().starts_with("PREFIX a itm 10000 kitm 10000 litm 0 "));
}

TEST_F(PrefixTest, OneTooManyIsAnError) {
  for (int i = 0; i < 50; ++i) set_many("p" + std::to_string(i), 1);
  EXPECT_TRUE(client_.ask("stats prefixes").ends_with("END\r\n"));
  set_many("p50", 1);
  EXPECT_EQ(client_.ask("stats prefixes"), "CLIENT_ERROR invalid: too many prefixes\r\n");
  engine_.settings().max_stats_prefixes = 51;
  EXPECT_TRUE(client_.ask("stats prefixes").ends_with("END\r\n"));
}

TEST_F(PrefixTest, DetailEndsByItselfWhenThereAreTooMany) {
  client_.ask("stats detail on");
  for (std::size_t i = 0; i < PrefixDetail::kMostPrefixes; ++i) {
    client_.ask("get p" + std::to_string(i) + ":k");
  }
  EXPECT_NE(engine_.attention(), 0u);
  client_.ask("get one:more");
  EXPECT_EQ(engine_.attention(), 0u);
}

TEST_F(PrefixTest, DetailCountsKeysThatComeInPieces) {
  client_.ask("stats detail on");
  client_.set("a:1", "v");
  std::string keys;
  for (int i = 0; i < 3000; ++i) keys += " a:" + std::to_string(i);
  client_.ask("get" + keys);
  EXPECT_NE(client_.ask("stats detail dump").find("PREFIX a get 3000 hit 1 "), std::string::npos);
}

}  // namespace
}  // namespace arcus::daemon
