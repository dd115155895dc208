#include "tests/bench/misses/patterns.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "tests/bench/misses/workload.h"

namespace arcus::bench::misses {
namespace {

constexpr std::uint64_t kKeeps = 1000;

std::vector<Request> requests_of(std::string_view pattern, std::uint64_t requests,
                                 std::uint64_t seed = 1, std::string_view sizes = "medium") {
  const auto trace = find_pattern(pattern)->make({kKeeps, requests, seed, *find_sizes(sizes)});
  std::vector<Request> all;
  for (Request request; trace->next(request);) all.push_back(request);
  return all;
}

std::map<std::uint64_t, int> count_keys(const std::vector<Request>& requests) {
  std::map<std::uint64_t, int> counts;
  for (const Request& request : requests) ++counts[request.key];
  return counts;
}

TEST(Patterns, AreTheSameWithTheSameSeedOnly) {
  for (const Pattern& pattern : all_patterns()) {
    const auto once = requests_of(pattern.name, 5000);
    EXPECT_EQ(once.size(), 5000u) << pattern.name;
    EXPECT_EQ(once, requests_of(pattern.name, 5000)) << pattern.name;
    if (pattern.name.starts_with("loop")) continue;
    EXPECT_NE(once, requests_of(pattern.name, 5000, 2)) << pattern.name;
  }
}

TEST(Patterns, ZipfAsksForKeysByTheirRank) {
  const auto by_key = count_keys(requests_of("zipf", 100'000));
  EXPECT_LT(by_key.rbegin()->first, 4 * kKeeps);
  EXPECT_GT(by_key.size(), 3 * kKeeps);
  std::vector<int> counts;
  for (const auto& [key, count] : by_key) counts.push_back(count);
  std::sort(counts.rbegin(), counts.rend());
  EXPECT_NEAR(counts[0], 2 * counts[1], 0.1 * counts[0]);
  EXPECT_NEAR(counts[0], 10 * counts[9], 0.2 * counts[0]);
}

TEST(Patterns, OneHitWondersAreTwoOfFiveRequestsAndNeverComeAgain) {
  std::size_t wonders = 0;
  for (const auto& [key, count] : count_keys(requests_of("onehit", 100'000))) {
    if (key < 4 * kKeeps) continue;
    ++wonders;
    EXPECT_EQ(count, 1);
  }
  EXPECT_NEAR(static_cast<double>(wonders), 40'000, 800);
}

TEST(Patterns, ScansReadEveryOtherRequestHalfOfTheTime) {
  const auto requests = requests_of("scan", 16 * kKeeps);
  std::vector<std::uint64_t> rows;
  for (const Request& request : requests) {
    if (request.key >= 4 * kKeeps) rows.push_back(request.key);
  }
  ASSERT_EQ(rows.size(), 4 * kKeeps);
  for (std::size_t i = 1; i < 3 * kKeeps; ++i) ASSERT_EQ(rows[i], rows[i - 1] + 1);
  EXPECT_EQ(rows[3 * kKeeps], rows[0]);  // from the top again
}

TEST(Patterns, DriftMakesOthersPopular) {
  const auto hottest = [](const std::vector<Request>& requests) {
    std::vector<std::pair<int, std::uint64_t>> order;
    for (const auto& [key, count] : count_keys(requests)) order.emplace_back(-count, key);
    std::sort(order.begin(), order.end());
    std::set<std::uint64_t> keys;
    for (std::size_t i = 0; i < 100; ++i) keys.insert(order[i].second);
    return keys;
  };
  const auto common = [&](std::string_view pattern) {
    const auto all = requests_of(pattern, 40 * kKeeps);
    const auto first = hottest({all.begin(), all.begin() + 10 * kKeeps});
    const auto last = hottest({all.end() - 10 * kKeeps, all.end()});
    return std::count_if(first.begin(), first.end(), [&](auto key) { return last.count(key); });
  };
  EXPECT_GT(common("zipf"), 75);
  EXPECT_LT(common("drift"), 50);
  EXPECT_LT(common("drift-fast"), 15);
  EXPECT_LT(common("drift-fast"), common("drift"));
}

TEST(Patterns, UniformAsksForAllKeysAlike) {
  const auto counts = count_keys(requests_of("uniform", 200'000));
  EXPECT_EQ(counts.size(), 2 * kKeeps);
  for (const auto& [key, count] : counts) EXPECT_NEAR(count, 100, 60) << key;
}

TEST(Patterns, LoopsComeRoundInOrder) {
  const auto requests = requests_of("loop-1.5", 3 * kKeeps + 2);
  for (std::size_t i = 0; i + 1 < requests.size(); ++i) {
    ASSERT_EQ(requests[i + 1].key, i % 1501 == 1500 ? 0 : requests[i].key + 1);
  }
  EXPECT_EQ(count_keys(requests_of("loop-1.1", 5000)).size(), 1101u);
}

TEST(Workload, NamesWhatThereIsWhenItKnowsNoSuch) {
  EXPECT_TRUE(make_workload("zipf/medium", {}).ok());
  EXPECT_NE(make_workload("zip/medium", {}).error().message.find("onehit"), std::string::npos);
  EXPECT_NE(make_workload("zipf/huge", {}).error().message.find("large"), std::string::npos);
  EXPECT_FALSE(make_workload("zipf", {}).ok());
}

}  // namespace
}  // namespace arcus::bench::misses
