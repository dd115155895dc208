#include "tests/bench/load/options.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/bench/load/schedule.h"
#include "tests/bench/load/script.h"

namespace arcus::bench {
namespace {

Options parsed(const std::vector<std::string>& words) {
  auto options = parse_options(words);
  EXPECT_TRUE(options) << (options ? "" : options.error().message);
  return options ? *options : Options();
}

TEST(LoadOptions, TakeValuesBehindAnEqualsSignOrABlank) {
  const Options options = parsed({"--depth=50", "--ratio", "50:40:10", "--value-size=1-9",
                                  "--distribution=zipf", "--protocol", "meta", "--verify"});
  EXPECT_EQ(options.depth, 50u);
  EXPECT_EQ(options.gets, 50u);
  EXPECT_EQ(options.sets, 40u);
  EXPECT_EQ(options.deletes, 10u);
  EXPECT_EQ(options.sizes.value_min, 1u);
  EXPECT_EQ(options.sizes.value_max, 9u);
  EXPECT_EQ(options.zipf, 0.99);
  EXPECT_EQ(options.protocol, Protocol::kMeta);
  EXPECT_TRUE(options.verify);
}

TEST(LoadOptions, RefuseWhatMakesNoSense) {
  for (const auto& words : std::vector<std::vector<std::string>>{{"--what"},
                                                                 {"depth"},
                                                                 {"--depth"},
                                                                 {"--depth="},
                                                                 {"--depth=x"},
                                                                 {"--depth=0"},
                                                                 {"--verify=1"},
                                                                 {"--ratio=1"},
                                                                 {"--ratio=0:0"},
                                                                 {"--keys=0"},
                                                                 {"--key-size=5"},
                                                                 {"--value-size=9-1"},
                                                                 {"--distribution=some"},
                                                                 {"--distribution=zipf:0"},
                                                                 {"--threads=2", "--connections=1"},
                                                                 {"--rate=5", "--operations=5"},
                                                                 {"--exptime=x"}}) {
    EXPECT_FALSE(parse_options(words)) << words.front();
  }
}

TEST(Script, IsWholeBatchesOfTheAskedForKindsAndKeys) {
  const Options options = parsed({"--depth=7", "--keys=100", "--key-size=5", "--ratio=50:40:10"});
  const Script script = Script::mixed(options);
  ASSERT_GT(script.size(), 100000u);
  EXPECT_EQ(script.size() % 7, 0u);
  std::size_t kinds[3] = {};
  std::set<std::uint32_t> keys;
  for (std::size_t i = 0; i < script.size(); ++i) {
    ++kinds[static_cast<int>(script.kind(i))];
    keys.insert(script.keys(i).front());
  }
  EXPECT_NEAR(static_cast<double>(kinds[0]) / script.size(), 0.5, 0.01);
  EXPECT_NEAR(static_cast<double>(kinds[1]) / script.size(), 0.4, 0.01);
  EXPECT_EQ(keys.size(), 100u);
}

TEST(Script, WritesTextAndMetaRequests) {
  const std::uint32_t keys[] = {1, 2};
  Script text(parsed({"--key-size=6", "--value-size=3", "--exptime=9", "--multiget=2"}));
  text.add_get(keys);
  text.add_delete(3);
  text.add_set(4, 0);
  EXPECT_EQ(text.bytes(0, 2), "get k00001 k00002\r\ndelete k00003\r\n");
  EXPECT_TRUE(text.bytes(2, 1).starts_with("set k00004 0 9 3\r\n"));
  EXPECT_EQ(text.bytes(2, 1).size(), 18u + 3 + 2);

  Script meta(
      parsed({"--key-size=6", "--value-size=3", "--exptime=9", "--multiget=2", "--protocol=meta"}));
  meta.add_get(keys);
  meta.add_delete(3);
  meta.add_set(4, 0);
  EXPECT_EQ(meta.bytes(0, 1), "mg k00001 v k q\r\nmg k00002 v k q\r\nmn\r\n");
  EXPECT_EQ(meta.bytes(1, 1), "md k00003\r\n");
  EXPECT_TRUE(meta.bytes(2, 1).starts_with("ms k00004 3 T9\r\n"));
}

TEST(Schedule, KeepsTheRateWithEitherKindOfGap) {
  for (const Gaps gaps : {Gaps::kConstant, Gaps::kExponential}) {
    Schedule schedule(1'000'000'000, 10000, gaps, 1);
    for (int i = 0; i < 99999; ++i) schedule.advance();
    EXPECT_NEAR(static_cast<double>(schedule.next()) / 1e9, 11.0, 0.2);
  }
}

}  // namespace
}  // namespace arcus::bench
