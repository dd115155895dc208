// Gets of more elements than are told in one turn.
#include <string>

#include "tests/daemon/command/command_fixture.h"

namespace arcus::daemon {
namespace {

constexpr int kMany = 5000;

class ElementsReadTest : public CommandTest {
 protected:
  void fill(const std::string& verb, const std::string& key) {
    ask(verb + " create " + key + " 7 0 " + std::to_string(kMany + 100), "CREATED\r\n");
    for (int i = 0; i < kMany; ++i) put(verb, key, i);
  }
  void put(const std::string& verb, const std::string& key, int number) {
    const std::string value = std::to_string(number);
    const std::string where = verb == "lop"   ? " -1"
                              : verb == "sop" ? ""
                              : verb == "mop" ? " f" + value
                                              : " " + value + " 0x0" + value.back();
    ask(verb + " insert " + key + where + " " + std::to_string(value.size()), "STORED\r\n",
        value + "\r\n");
  }
  void ask(const std::string& line, const std::string& answer, const std::string& after = {}) {
    ASSERT_EQ(other_.ask(line, after), answer) << line;
  }
  // Takes turns until it is done; `between` after each.
  template <typename Between>
  std::string read(const std::string& line, const Between& between) {
    Progress progress = client_.start(line);
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
  std::string read(const std::string& line) {
    return read(line, [] {});
  }
  static std::string bop_text(int from, int to) {
    std::string text;
    for (int i = from; i < to; ++i) {
      const std::string value = std::to_string(i);
      text += value + " 0x0" + value.back() + " " + std::to_string(value.size()) + " " + value +
              "\r\n";
    }
    return text;
  }

  Speaker other_{engine_};
  int turns_ = 0;
};

TEST_F(ElementsReadTest, TellsAllElementsOfALongListInTurns) {
  fill("lop", "l");
  std::string expected = "VALUE 7 5000\r\n";
  for (int i = kMany - 1; i >= 0; --i) {
    const std::string value = std::to_string(i);
    expected += std::to_string(value.size()) + " " + value + "\r\n";
  }
  EXPECT_EQ(read("lop get l -1..0"), expected + "END\r\n");
  EXPECT_GT(turns_, 3);
}

TEST_F(ElementsReadTest, TellsAndRemovesAllElementsOfALongSetOrMap) {
  for (const std::string verb : {"sop", "mop"}) {
    fill(verb, verb);
    const std::string all = verb == "sop" ? " 0" : " 0 0";
    const std::string text = read(verb + " get " + verb + all + " drop");
    EXPECT_TRUE(text.starts_with("VALUE 7 5000\r\n"));
    EXPECT_TRUE(text.ends_with("\r\nDELETED_DROPPED\r\n"));
    ask(verb + " get " + verb + all, "NOT_FOUND\r\n");
  }
}

TEST_F(ElementsReadTest, KeepsTheNamesOfFieldsBetweenTurns) {
  fill("mop", "m");
  std::string names;
  for (int i = 0; i < kMany; i += 2) names += (i > 0 ? " f" : "f") + std::to_string(i);
  ASSERT_EQ(client_.start("mop get m " + std::to_string(names.size()) + " 2500"),
            Progress::kNeedBody);
  Progress progress = client_.body(names + "\r\n");
  while (progress == Progress::kYield) progress = client_.resume();
  const std::string text = client_.said();
  EXPECT_TRUE(text.starts_with("VALUE 7 2500\r\nf0 1 0\r\nf2 1 2\r\n"));
  EXPECT_TRUE(text.ends_with("f4998 4 4998\r\nEND\r\n"));
}

TEST_F(ElementsReadTest, BeginsAnewWhenTheCollectionHasChanged) {
  fill("bop", "b");
  int changes = 0;
  const std::string text = read("bop get b 0..9999", [&] {
    if (++changes == 3) ask("bop delete b 0..9", "DELETED\r\n");
  });
  EXPECT_EQ(text, "VALUE 7 4990\r\n" + bop_text(10, kMany) + "END\r\n");
}

TEST_F(ElementsReadTest, ComesToAnEndWhileTheCollectionKeepsChanging) {
  fill("bop", "b");
  int next = kMany;
  const std::string text = read("bop get b 0..9999", [&] { put("bop", "b", next++); });
  EXPECT_LT(turns_, 10);
  EXPECT_EQ(text, "VALUE 7 " + std::to_string(next) + "\r\n" + bop_text(0, next) + "END\r\n");
}

TEST_F(ElementsReadTest, SaysWhenTheCollectionHasGoneOrIsAnotherOne) {
  fill("bop", "b");
  EXPECT_EQ(read("bop get b 0..9999", [&] { other_.ask("delete b"); }), "NOT_FOUND\r\n");
  fill("bop", "b");
  const std::string text = read("bop get b 0..9999", [&] {
    if (turns_ != 2) return;
    other_.ask("delete b");
    ask("bop insert b 1 1 create 3 0 0", "CREATED_STORED\r\n", "x\r\n");
  });
  EXPECT_EQ(text, "VALUE 3 1\r\n1 1 x\r\nEND\r\n");
}

TEST_F(ElementsReadTest, FindsWhatAFilterLetsThroughInTurns) {
  fill("bop", "b");
  std::string expected;
  for (int i = 4993; i >= 3; i -= 10) expected += bop_text(i, i + 1);
  const std::string some = "VALUE 7 500\r\n" + expected;
  EXPECT_EQ(read("bop get b 9999..0 0 EQ 0x03"), some + "END\r\n");
  EXPECT_EQ(read("bop get b 9999..0 0 EQ 0x03 delete"), some + "DELETED\r\n");
  EXPECT_EQ(read("bop get b 9999..0 0 EQ 0x03"), "NOT_FOUND_ELEMENT\r\n");
  EXPECT_EQ(read("bop count b 0..9999"), "COUNT=4500\r\n");
}

TEST_F(ElementsReadTest, CountsAndDeletesWithAFilterInTurns) {
  fill("bop", "b");
  EXPECT_EQ(read("bop count b 0..9999 0 EQ 0x03"), "COUNT=500\r\n");
  EXPECT_GT(turns_, 1);
  EXPECT_EQ(read("bop delete b 9999..0 0 EQ 0x03 300"), "DELETED\r\n");
  EXPECT_EQ(read("bop count b 9999..0 0 EQ 0x03"), "COUNT=200\r\n");
  EXPECT_EQ(read("bop get b 9999..0 0 EQ 0x03 1"),
            "VALUE 7 1\r\n" + bop_text(1993, 1994) + "END\r\n");
  EXPECT_EQ(read("bop delete b 0..9999 0 NE 0xFF drop"), "DELETED_DROPPED\r\n");
}

TEST_F(ElementsReadTest, AWalkThroughATreeThatGoesAwayEnds) {
  fill("bop", "b");
  EXPECT_EQ(read("bop delete b 0..9999 0 EQ 0x03", [&] { other_.ask("delete b"); }), "DELETED\r\n");
  ask("bop get b 1", "NOT_FOUND\r\n");
}

}  // namespace
}  // namespace arcus::daemon
