#include "daemon/collection/tree.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/daemon/collection/tree_check.h"

namespace arcus::daemon {
namespace {

constexpr std::string_view kTenBytes = "ten bytes.";

class TreeTest : public ::testing::Test {
 protected:
  TreeTest() { blocks_.init(memory_, pool_); }

  void append(Tree& tree, std::string_view value) {
    ASSERT_TRUE(tree.insert(blocks_, tree.end(), {{}, {}, value}));
  }
  void insert(Tree& tree, std::uint64_t number, std::string_view value = kTenBytes) {
    ASSERT_TRUE(tree.insert(blocks_, tree.upper_bound({number, {}}), {{number, {}}, {}, value}));
  }
  void insert(Tree& tree, std::string_view bytes, std::string_view value) {
    ASSERT_TRUE(tree.insert(blocks_, tree.lower_bound({0, bytes}), {{0, bytes}, {}, value}));
  }
  static std::string values(const Tree& tree) {
    std::string all;
    for (Tree::Cursor cursor = tree.begin(); cursor; cursor.next()) {
      all += cursor.element().value;
      all += ' ';
    }
    return all;
  }
  void clear(Tree& tree) { tree.erase(blocks_, 0, tree.size()); }
  void TearDown() override { EXPECT_EQ(memory_.used(), 0U); }

  Memory memory_{std::size_t{64} << 20};
  ChunkPool pool_{memory_, 128 << 10, std::size_t{64} << 20};
  Blocks blocks_;
};

TEST_F(TreeTest, IsNothingAtFirst) {
  const Tree tree(KeyKind::kNumber);
  EXPECT_EQ(tree.size(), 0U);
  EXPECT_EQ(tree.bytes(), 0U);
  EXPECT_FALSE(tree.begin());
  EXPECT_FALSE(tree.at(0));
  EXPECT_FALSE(tree.lower_bound({5, {}}));
  EXPECT_EQ(tree.end().index(), 0U);
  Tree::Cursor end = tree.end();
  end.prev();
  EXPECT_FALSE(end);
}

TEST_F(TreeTest, KeepsAListInTheOrderOfInsertion) {
  Tree tree(KeyKind::kNone);
  append(tree, "b");
  append(tree, "d");
  tree.insert(blocks_, tree.begin(), {{}, {}, "a"});
  tree.insert(blocks_, tree.at(2), {{}, {}, "c"});
  EXPECT_EQ(values(tree), "a b c d ");
  clear(tree);
}

TEST_F(TreeTest, OrdersNumbersWithoutASign) {
  Tree tree(KeyKind::kNumber);
  insert(tree, ~std::uint64_t{0}, "most");
  insert(tree, 0, "least");
  insert(tree, std::uint64_t{1} << 63, "half");
  EXPECT_EQ(values(tree), "least half most ");
  EXPECT_EQ(tree.lower_bound({1, {}}).key().number, std::uint64_t{1} << 63);
  EXPECT_FALSE(tree.upper_bound({~std::uint64_t{0}, {}}));
  clear(tree);
}

TEST_F(TreeTest, OrdersBytesTheShorterFirst) {
  Tree tree(KeyKind::kBytes);
  const std::string zero("a\0", 2);
  const std::string high("\xff", 1);
  const std::string longest(Tree::kMostKey, 'a');
  insert(tree, high, "5");
  insert(tree, zero, "2");
  insert(tree, "b", "4");
  insert(tree, longest, "3");
  insert(tree, "a", "1");
  EXPECT_EQ(values(tree), "1 2 3 4 5 ");
  EXPECT_EQ(tree.lower_bound({0, longest}).key().bytes, longest);
  EXPECT_EQ(tree.upper_bound({0, zero}).key().bytes, longest);
  clear(tree);
}

TEST_F(TreeTest, FindsTheFirstAndTheEndOfEqualKeys) {
  Tree tree(KeyKind::kNumber);
  for (std::uint64_t number = 0; number < 3; ++number) {
    for (int i = 0; i < 1000; ++i) insert(tree, number);
  }
  EXPECT_GT(TreeCheck::leaves(tree), 10U);
  for (std::uint32_t number = 0; number < 3; ++number) {
    EXPECT_EQ(tree.lower_bound({number, {}}).index(), number * 1000);
    EXPECT_EQ(tree.upper_bound({number, {}}).index(), (number + 1) * 1000);
  }
  clear(tree);
}

TEST_F(TreeTest, HoldsTagsAndValuesOfEverySize) {
  Tree tree(KeyKind::kNumber);
  const std::string tag(Tree::kMostTag, 't');
  const std::string value(Tree::kMostValue, 'v');
  const std::vector<std::size_t> sizes = {0, 1, 253, 254, 255, 256, 2720, 2721, 32'770, 65'535};
  for (std::uint64_t i = 0; i < sizes.size(); ++i) {
    const std::string_view some = std::string_view(value).substr(0, sizes[i]);
    tree.insert(blocks_, tree.end(), {{i, {}}, std::string_view(tag).substr(0, sizes[i]), some});
  }
  TreeCheck::all_is_well(tree);
  for (std::uint32_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(tree.at(i).element().value.size(), sizes[i]);
    EXPECT_EQ(tree.at(i).element().tag.size(), std::min<std::size_t>(sizes[i], 255));
  }
  clear(tree);
}

TEST_F(TreeTest, TakesNoMoreThanItsElementsWhileItIsSmall) {
  Tree tree(KeyKind::kNumber);
  insert(tree, 7);
  EXPECT_EQ(tree.bytes(), 32U);
  for (std::uint64_t i = 0; i < 9; ++i) insert(tree, 8 + i);
  EXPECT_EQ(tree.bytes(), 128U);
  EXPECT_EQ(TreeCheck::leaves(tree), 1U);
  clear(tree);
}

TEST_F(TreeTest, LeavesFullLeavesBehindARunOfKeys) {
  const auto leaves_of = [this](auto key) {
    Tree tree(KeyKind::kNumber);
    for (std::uint64_t i = 0; i < 200; ++i) insert(tree, 10'000 * i);
    for (std::uint64_t i = 0; i < 9'000; ++i) insert(tree, key(i));
    TreeCheck::all_is_well(tree);
    const std::size_t leaves = TreeCheck::leaves(tree);
    clear(tree);
    return leaves;
  };
  EXPECT_LT(leaves_of([](std::uint64_t i) { return 2'000'000 + i; }), 110U);
  EXPECT_LT(leaves_of([](std::uint64_t i) { return 9'000 - i; }), 240U);
  EXPECT_LT(leaves_of([](std::uint64_t i) { return 1'000'000 + i; }), 240U);
  EXPECT_LT(leaves_of([](std::uint64_t i) { return 1'009'999 - i; }), 240U);
}

TEST_F(TreeTest, LeavesFullLeavesBehindARunDownwards) {
  Tree tree(KeyKind::kNumber);
  for (std::uint64_t i = 9'000; i-- > 0;) insert(tree, i);
  EXPECT_LT(TreeCheck::leaves(tree), 105U);
  clear(tree);
}

TEST_F(TreeTest, KeepsToItsFiguresOfBytesAnElement) {
  for (const std::size_t elements : {10, 100, 10'000, 50'000}) {
    for (const bool ascending : {true, false}) {
      std::mt19937_64 random(elements);
      std::vector<std::unique_ptr<Tree>> trees;
      const std::size_t all = 100'000;
      for (std::size_t i = 0; i < all / elements; ++i) {
        trees.push_back(std::make_unique<Tree>(KeyKind::kNumber));
        for (std::size_t k = 0; k < elements; ++k) insert(*trees[i], ascending ? k : random());
      }
      EXPECT_LE(static_cast<double>(blocks_.held()) / all, ascending ? 18.9 : 23.0) << elements;
      for (auto& tree : trees) clear(*tree);
    }
  }
}

TEST_F(TreeTest, PutsInWhatIsPartOfItself) {
  Tree tree(KeyKind::kNumber);
  const std::string large(1000, 'l');
  insert(tree, 1, "small");
  insert(tree, 2, large);
  for (std::uint64_t i = 3; i < 300; ++i) {
    const Element part = tree.at(static_cast<std::uint32_t>((i + 1) % 2)).element();
    tree.insert(blocks_, tree.end(), {{i, {}}, {}, part.value});
  }
  for (std::uint32_t i = 0; i < 299; ++i) {
    EXPECT_EQ(tree.at(i).element().value, i % 2 == 0 ? "small" : large);
  }
  const Tree::Cursor second = tree.at(1);
  tree.replace(blocks_, second, "tag", second.element().value);
  EXPECT_EQ(tree.at(1).element().value, large);
  EXPECT_EQ(tree.at(1).element().tag, "tag");
  TreeCheck::all_is_well(tree);
  clear(tree);
}

TEST_F(TreeTest, ReplacesInPlaceWhatIsAsLarge) {
  Tree tree(KeyKind::kNumber);
  insert(tree, 1, "one");
  const char* before = tree.at(0).element().value.data();
  const Tree::Cursor at = tree.replace(blocks_, tree.at(0), {}, "uno");
  EXPECT_EQ(at.element().value.data(), before);
  EXPECT_EQ(at.element().value, "uno");
  clear(tree);
}

TEST_F(TreeTest, GrowsAndShrinksByLevels) {
  Tree tree(KeyKind::kNumber);
  constexpr std::uint32_t kMany = 450'000;
  for (std::uint64_t i = 0; i < kMany; ++i) insert(tree, 3 * i);
  EXPECT_EQ(TreeCheck::height(tree), 3U);
  TreeCheck::all_is_well(tree);
  tree.erase(blocks_, 100, kMany - 300);
  TreeCheck::all_is_well(tree);
  EXPECT_EQ(TreeCheck::height(tree), 1U);
  EXPECT_LE(TreeCheck::leaves(tree), 6U);
  EXPECT_EQ(tree.at(99).key().number, 3U * 99);
  EXPECT_EQ(tree.at(100).key().number, 3U * (kMany - 200));
  EXPECT_EQ(tree.lower_bound({3 * 100, {}}).index(), 100U);
  tree.erase(blocks_, 0, 250);
  EXPECT_EQ(TreeCheck::height(tree), 0U);
  tree.erase(blocks_, 40, 1000);
  EXPECT_EQ(tree.size(), 40U);
  clear(tree);
}

TEST_F(TreeTest, JoinsWhatIsErasedOneByOne) {
  Tree tree(KeyKind::kNumber);
  for (std::uint64_t i = 0; i < 20'000; ++i) insert(tree, i);
  std::mt19937 random(3);
  while (tree.size() > 500) {
    tree.erase(blocks_, static_cast<std::uint32_t>(random() % tree.size()), 1);
  }
  TreeCheck::all_is_well(tree);
  EXPECT_LE(TreeCheck::leaves(tree), 60U);
  clear(tree);
}

TEST_F(TreeTest, ChangesNothingWithoutMemory) {
  Tree tree(KeyKind::kNumber);
  for (std::uint64_t i = 0; i < 6000; ++i) insert(tree, 2 * i);
  std::vector<std::pair<char*, std::size_t>> taken;
  for (const std::size_t size : {2048, 1360, 1024, 640, 320, 64, 16}) {
    while (char* block = blocks_.allocate(size)) taken.emplace_back(block, size);
  }
  std::size_t others = blocks_.used() - tree.bytes();
  std::mt19937 random(11);
  std::uint32_t done = 6000;
  std::uint32_t refused = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::uint64_t number = 2 * (random() % 6000) + 1;
    const std::string value(random() % 200, 'v');
    const Tree::Cursor before = tree.lower_bound({number, {}});
    const bool put{tree.insert(blocks_, before, {{number, {}}, {}, value})};
    done += put ? 1 : 0;
    refused += put ? 0 : 1;
    ASSERT_EQ(tree.size(), done);
    ASSERT_EQ(blocks_.used() - tree.bytes(), others);
    if (i % 100 == 0) TreeCheck::all_is_well(tree);
    if (put) continue;
    std::swap(taken[random() % taken.size()], taken.back());  // memory for one block more
    others -= Blocks::rounded(taken.back().second);
    blocks_.release(taken.back().first, taken.back().second);
    taken.pop_back();
  }
  EXPECT_GT(refused, 500U);
  TreeCheck::all_is_well(tree);
  clear(tree);
  for (const auto& [block, size] : taken) blocks_.release(block, size);
}

TEST_F(TreeTest, ErasesWithoutMemory) {
  Tree tree(KeyKind::kNumber);
  for (std::uint64_t i = 0; i < 6000; ++i) insert(tree, i);
  std::vector<std::pair<char*, std::size_t>> taken;
  for (const std::size_t size : {2048, 1360, 1024, 640, 320, 64, 16}) {
    while (char* block = blocks_.allocate(size)) taken.emplace_back(block, size);
  }
  // Whatever comes free is taken away at once.
  const auto take_all = [&] {
    for (const std::size_t size : {1360, 1024, 640, 320, 64, 16}) {
      while (char* block = blocks_.allocate(size)) taken.emplace_back(block, size);
    }
  };
  std::mt19937 random(12);
  for (std::uint32_t left = 6000; left > 0; --left) {
    tree.erase(blocks_, random() % left, 1);
    ASSERT_EQ(tree.size(), left - 1);
    if (left % 100 == 0) TreeCheck::all_is_well(tree);
    take_all();
  }
  EXPECT_EQ(tree.bytes(), 0U);
  for (const auto& [block, size] : taken) blocks_.release(block, size);
}

}  // namespace
}  // namespace arcus::daemon
