// bop smget over more trees and elements than are merged in one step.
#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "tests/daemon/command/command_fixture.h"

namespace arcus::daemon {
namespace {

class SmgetTest : public CommandTest {
 protected:
  struct One {
    int bkey;
    std::string key;
    auto operator<=>(const One&) const = default;
  };

  void put(const std::string& key, int bkey, const std::string& eflag = "") {
    const std::string line = "bop insert " + key + " " + std::to_string(bkey) + eflag + " 1";
    const std::string answer = other_.ask(line + " create 3 0 50000", "v\r\n");
    ASSERT_TRUE(answer.ends_with("STORED\r\n")) << answer;
    all_.push_back({bkey, key});
    if (std::find(keys_.begin(), keys_.end(), key) == keys_.end()) keys_.push_back(key);
  }
  std::string line_of(const One& one, const std::string& eflag = "") {
    return one.key + " 3 " + std::to_string(one.bkey) + eflag + " 1 v\r\n";
  }
  template <typename Between>
  std::string ask(const std::string& question, const Between& between) {
    std::string list;
    for (const auto& key : keys_) list += (list.empty() ? "" : " ") + key;
    const std::string line = "bop smget " + std::to_string(list.size()) + " " +
                             std::to_string(keys_.size()) + " " + question;
    Progress progress = client_.start_before(line, list + "\r\n");
    std::string text = client_.said();
    while (progress == Progress::kYield) {
      between();
      progress = client_.resume();
      text += client_.said();
      ++turns_;
    }
    EXPECT_EQ(progress, Progress::kDone);
    return text;
  }
  std::string ask(const std::string& question) {
    return ask(question, [] {});
  }
  std::string expected(std::size_t count) {
    std::sort(all_.begin(), all_.end());
    bool duplicated = false;
    std::string text = "ELEMENTS " + std::to_string(count) + "\r\n";
    for (std::size_t i = 0; i < count; ++i) {
      text += line_of(all_[i]);
      duplicated = duplicated || (i > 0 && all_[i].bkey == all_[i - 1].bkey);
    }
    return text + "MISSED_KEYS 0\r\nTRIMMED_KEYS 0\r\n" + (duplicated ? "DUPLICATED" : "END") +
           "\r\n";
  }

  Speaker other_{engine_};
  std::vector<std::string> keys_;
  std::vector<One> all_;
  int turns_ = 0;
};

TEST_F(SmgetTest, MergesThousandsOfTreesInSteps) {
  for (int tree = 0; tree < 3000; ++tree) {
    for (int i = 0; i < 3; ++i) put("t" + std::to_string(tree), (tree * 7919 + i * 104729) % 50021);
  }
  EXPECT_EQ(ask("0..99999 2000 duplicate"), expected(2000));
  EXPECT_GT(turns_, 3);
}

TEST_F(SmgetTest, TakesManyElementsOfFewTrees) {
  for (int i = 0; i < 3000; ++i) put(i % 100 == 7 ? "rare" : i < 1500 ? "low" : "high", i);
  EXPECT_EQ(ask("0..99999 2000 unique"), expected(2000));
}

TEST_F(SmgetTest, SearchesLongForWhatAFilterLetsThrough) {
  for (int i = 0; i < 20'000; ++i) put("long", i, i == 19'999 || i == 3 ? " 0x01" : "");
  put("short", 5, " 0x01");
  put("short", 30'000, " 0x01");
  const std::string marked = " 0x01";
  EXPECT_EQ(ask("0..99999 0 EQ 0x01 10 duplicate"),
            "ELEMENTS 4\r\n" + line_of({3, "long"}, marked) + line_of({5, "short"}, marked) +
                line_of({19'999, "long"}, marked) + line_of({30'000, "short"}, marked) +
                "MISSED_KEYS 0\r\nTRIMMED_KEYS 0\r\nEND\r\n");
  EXPECT_GT(turns_, 2);
}

TEST_F(SmgetTest, GoesOnWhileTreesChangeAndGo) {
  for (int tree = 0; tree < 1000; ++tree) {
    for (int i = 0; i < 20; ++i) put("t" + std::to_string(tree), tree + 1000 * i);
  }
  int tree = 0;
  const std::string text = ask("0..99999 2000 duplicate", [&] {
    for (int i = 0; i < 50; ++i, ++tree) {
      const std::string key = "t" + std::to_string(tree * 7 % 1000);
      other_.ask(i % 2 == 0 ? "delete " + key : "bop delete " + key + " 0..9999");
    }
  });
  ASSERT_TRUE(text.starts_with("ELEMENTS 2000\r\n")) << text.substr(0, 100);
  // Whatever is told is in order.
  std::vector<int> bkeys;
  for (std::size_t at = text.find("\r\n") + 2; bkeys.size() < 2000;) {
    const std::size_t end = text.find("\r\n", at);
    bkeys.push_back(std::stoi(text.substr(text.find(" 3 ", at) + 3)));
    at = end + 2;
  }
  EXPECT_TRUE(std::is_sorted(bkeys.begin(), bkeys.end()));
}

}  // namespace
}  // namespace arcus::daemon
