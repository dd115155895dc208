// A tree of each kind against a vector of its elements, by chance with a fixed seed: every answer
// of the tree must be the vector's, and in the end all memory must be back.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "daemon/collection/tree.h"
#include "tests/daemon/collection/tree_check.h"

namespace arcus::daemon {
namespace {

struct Kept {
  std::uint64_t number = 0;
  std::string bytes;
  std::string tag;
  std::string value;

  TreeKey key() const { return {number, bytes}; }
};

// What elements are like, and how many there are.
struct Load {
  const char* name;
  KeyKind kind;
  std::uint64_t numbers;   // keys are less than this
  std::size_t most_value;  // nearly all values are smaller than 30, a few as large as this
  std::size_t most_tag;
  std::size_t elements;
  int rounds;

  friend void PrintTo(const Load& load, std::ostream* out) { *out << load.name; }
};

class TreeModel : public ::testing::TestWithParam<Load> {
 protected:
  TreeModel() : load_(GetParam()), tree_(load_.kind) { blocks_.init(memory_, pool_); }

  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  std::string text(std::size_t most) {
    std::string made(below(8) == 0 ? below(most + 1) : below(std::min<std::size_t>(most, 30) + 1),
                     0);
    for (char& c : made) c = static_cast<char>(random_());
    return made;
  }
  Kept some_key() {
    Kept made;
    if (load_.kind == KeyKind::kNumber) made.number = below(load_.numbers);
    if (load_.kind == KeyKind::kBytes) {
      made.bytes.resize(below(4) == 0 ? 1 + below(31) : 4);
      for (char& c : made.bytes) c = static_cast<char>(below(3));
    }
    return made;
  }
  bool before(const Kept& a, const Kept& b) const { return less(load_.kind, a.key(), b.key()); }

  void expect_at(const Tree::Cursor& cursor, std::size_t index) {
    ASSERT_EQ(static_cast<bool>(cursor), index < model_.size());
    ASSERT_EQ(cursor.index(), index);
    if (!cursor) return;
    const Element element = cursor.element();
    const Kept& kept = model_[index];
    if (load_.kind == KeyKind::kNumber) {
      ASSERT_EQ(element.key.number, kept.number);
    }
    ASSERT_EQ(element.key.bytes, kept.bytes);
    ASSERT_EQ(element.tag, kept.tag);
    ASSERT_EQ(element.value, kept.value);
  }

  void insert() {
    Kept made = some_key();
    made.tag = text(load_.most_tag);
    made.value = text(load_.most_value);
    const auto less_than = [this](const Kept& a, const Kept& b) { return before(a, b); };
    std::size_t index;
    Tree::Cursor place = tree_.end();
    if (load_.kind == KeyKind::kNone) {
      index = below(3) == 0 ? below(model_.size() + 1) : below(2) * model_.size();
      place = tree_.at(static_cast<std::uint32_t>(index));
    } else if (below(2) == 0) {
      index = static_cast<std::size_t>(
          std::lower_bound(model_.begin(), model_.end(), made, less_than) - model_.begin());
      place = tree_.lower_bound(made.key());
    } else {
      index = static_cast<std::size_t>(
          std::upper_bound(model_.begin(), model_.end(), made, less_than) - model_.begin());
      place = tree_.upper_bound(made.key());
    }
    ASSERT_EQ(place.index(), index);
    const Element element = {made.key(), made.tag, made.value};
    const Tree::Cursor put = tree_.insert(blocks_, place, element);
    model_.insert(model_.begin() + static_cast<std::ptrdiff_t>(index), made);
    expect_at(put, index);
  }

  void replace() {
    if (model_.empty()) return;
    const std::size_t index = below(model_.size());
    Kept& kept = model_[index];
    if (below(2) == 0) kept.tag = text(load_.most_tag);
    kept.value = below(2) == 0 ? std::string(kept.value.size(), 'x') : text(load_.most_value);
    const Tree::Cursor at = tree_.at(static_cast<std::uint32_t>(index));
    expect_at(tree_.replace(blocks_, at, kept.tag, kept.value), index);
  }

  void erase() {
    if (model_.empty()) return;
    const std::size_t most = below(40) == 0 ? model_.size() : below(8) == 0 ? 60 : 1;
    const std::size_t index = below(4) == 0 ? 0 : below(model_.size());
    const std::size_t count = std::min(1 + below(most), model_.size() - index);
    const auto first = model_.begin() + static_cast<std::ptrdiff_t>(index);
    model_.erase(first, first + static_cast<std::ptrdiff_t>(count));
    tree_.erase(blocks_, static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(count));
  }

  void walk() {
    std::size_t index = below(model_.size() + 1);
    Tree::Cursor cursor = tree_.at(static_cast<std::uint32_t>(index));
    const bool forward = below(2) == 0;
    for (int steps = 0; steps < 200; ++steps) {
      expect_at(cursor, index);
      if (forward) {
        cursor.next();
        index = index == model_.size() ? 0 : index + 1;
      } else {
        cursor.prev();
        index = index == 0 ? model_.size() : index - 1;
      }
    }
  }

  void check() {
    TreeCheck::all_is_well(tree_);
    ASSERT_EQ(tree_.size(), model_.size());
    ASSERT_EQ(tree_.bytes(), blocks_.used());
    ASSERT_EQ(memory_.used(), blocks_.held());
  }

  const Load load_;
  std::mt19937_64 random_{20};
  Memory memory_{std::size_t{256} << 20};
  ChunkPool pool_{memory_, 64 << 10, std::size_t{512} << 20};
  Blocks blocks_;
  Tree tree_;
  std::vector<Kept> model_;
};

TEST_P(TreeModel, AnswersAsAVectorDoes) {
  for (int round = 0; round < load_.rounds && !HasFatalFailure(); ++round) {
    const std::uint64_t what = below(100);
    const bool grows = (round / 4000) % 2 == 0 && model_.size() < load_.elements;
    if (what < (grows ? 75U : 35U)) {
      insert();
    } else if (what < 83) {
      erase();
    } else if (what < 98) {
      replace();
    } else {
      walk();
    }
    if (round % 500 == 0) check();
  }
  check();
  tree_.erase(blocks_, 0, tree_.size());
  EXPECT_EQ(tree_.bytes(), 0U);
  EXPECT_EQ(memory_.used(), 0U);
}

TEST_P(TreeModel, IsReleasedInSlices) {
  while (model_.size() < load_.elements && !HasFatalFailure()) insert();
  check();
  constexpr std::size_t kSlice = 8 << 10;
  std::size_t before = tree_.bytes();
  while (tree_.release_some(blocks_, kSlice)) {
    EXPECT_GE(before - tree_.bytes(), kSlice);
    EXPECT_LE(before - tree_.bytes(), kSlice + Leaf::kMostElements * (load_.most_value + 300));
    before = tree_.bytes();
  }
  EXPECT_EQ(tree_.bytes(), 0U);
  EXPECT_EQ(memory_.used(), 0U);
}

constexpr std::uint64_t kAll = ~std::uint64_t{0};
INSTANTIATE_TEST_SUITE_P(
    Loads, TreeModel,
    ::testing::Values(Load{"List", KeyKind::kNone, 0, 300, 0, 6000, 30'000},
                      Load{"LargeValues", KeyKind::kNone, 0, 33'000, 20, 500, 10'000},
                      Load{"Numbers", KeyKind::kNumber, kAll, 40, 0, 8000, 40'000},
                      Load{"NumbersWithTags", KeyKind::kNumber, 1'000'000, 260, 255, 3000, 30'000},
                      Load{"EqualNumbers", KeyKind::kNumber, 40, 20, 3, 4000, 30'000},
                      Load{"EmptyValues", KeyKind::kNumber, kAll, 0, 0, 4000, 20'000},
                      Load{"Bytes", KeyKind::kBytes, 0, 30, 0, 6000, 40'000},
                      Load{"BytesWithTags", KeyKind::kBytes, 0, 400, 255, 2000, 30'000}),
    [](const auto& load) { return load.param.name; });

}  // namespace
}  // namespace arcus::daemon
