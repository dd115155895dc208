#include "daemon/collection/btree.h"

#include <gtest/gtest.h>

using namespace std::string_view_literals;

namespace arcus::daemon {
namespace {

class BtreeTest : public testing::Test {
 protected:
  BtreeTest() {
    blocks_.init(memory_, pool_);
    make(Overflow::kSmallestTrim);
  }
  ~BtreeTest() override { take_apart(); }

  void make(Overflow overflow) {
    take_apart();
    CollectionOptions options;
    options.type = CollectionType::kBtree;
    options.overflow = overflow;
    tree_ = Collection::create(blocks_, options);
  }
  CollectionResult put(const Bkey& bkey, std::uint32_t most = 100) {
    return btree_insert(*tree_, blocks_, {bkey, {}, "value"}, {.most = most});
  }
  CollectionResult put(std::uint64_t number, std::uint32_t most = 100) {
    return put(Bkey(number), most);
  }
  std::vector<std::uint64_t> numbers() const {
    std::vector<std::uint64_t> all;
    for (auto at = tree_->tree.begin(); at; at.next()) all.push_back(at.key().number);
    return all;
  }
  static BkeyRange range(std::uint64_t from, std::uint64_t to) { return {Bkey(from), Bkey(to)}; }

  Collection& tree() { return *tree_; }

 private:
  void take_apart() {
    while (tree_ != nullptr) {
      if (tree_->take_apart(blocks_, 1 << 20)) tree_ = nullptr;
    }
  }

  Memory memory_{std::size_t{64} << 20};
  ChunkPool pool_{memory_, 64 << 10, std::size_t{128} << 20};
  Blocks blocks_;
  Collection* tree_ = nullptr;
};

using Numbers = std::vector<std::uint64_t>;

TEST_F(BtreeTest, AnEmptyTreeTakesEitherKindOfBkeysUnlessARangeSaysWhich) {
  EXPECT_EQ(btree_kind(tree()), KeyKind::kNone);
  EXPECT_TRUE(btree_accepts(tree(), KeyKind::kBytes));
  tree().max_bkey_range = Bkey(std::uint64_t{5});
  EXPECT_FALSE(btree_accepts(tree(), KeyKind::kBytes));
  EXPECT_EQ(put(Bkey("a"sv)), CollectionResult::kBkeyMismatch);
  EXPECT_EQ(put(1), CollectionResult::kOk);
}

TEST_F(BtreeTest, ASpanGoesTheWayOfItsRange) {
  for (const std::uint64_t number : {10, 20, 30, 40}) put(number);
  const IndexSpan up = btree_span(tree(), range(15, 40));
  EXPECT_EQ(up.first, 1U);
  EXPECT_EQ(up.count, 3U);
  EXPECT_TRUE(up.forward);
  const IndexSpan down = btree_span(tree(), range(35, 0));
  EXPECT_EQ(down.first, 2U);
  EXPECT_EQ(down.count, 3U);
  EXPECT_EQ(down.lowest(), 0U);
  EXPECT_EQ(btree_span(tree(), range(11, 19)).count, 0U);
  EXPECT_EQ(btree_span(tree(), range(50, 41)).count, 0U);
}

TEST_F(BtreeTest, APartOfASpanIsWhatComesBehindAnOffset) {
  const IndexSpan span{9, 5, false};
  EXPECT_EQ(span.part(1, 2).first, 8U);
  EXPECT_EQ(span.part(1, 2).count, 2U);
  EXPECT_EQ(span.part(1, 0).count, 4U);
  EXPECT_EQ(span.part(5, 1).count, 0U);
}

TEST_F(BtreeTest, TheSmallestGoesForOneTooMany) {
  for (const std::uint64_t number : {10, 20, 30}) put(number, 2);
  EXPECT_EQ(numbers(), (Numbers{20, 30}));
  EXPECT_TRUE(tree().trimmed);
  EXPECT_TRUE(begins_in_trimmed(tree(), range(19, 40)));
  EXPECT_FALSE(begins_in_trimmed(tree(), range(20, 40)));
  EXPECT_FALSE(begins_in_trimmed(tree(), range(50, 10)));
  const auto ends = [&](const BkeyRange& what) {
    return ends_in_trimmed(tree(), what, btree_span(tree(), what));
  };
  EXPECT_TRUE(ends(range(50, 10)));
  EXPECT_FALSE(ends(range(50, 20)));
  EXPECT_TRUE(ends(range(25, 20)));  // as the old engine says
  EXPECT_FALSE(ends(range(50, 25)));
}

TEST_F(BtreeTest, ARangeThatIsTooWideMovesOnAndForgetsWhatWasTrimmed) {
  tree().max_bkey_range = Bkey(std::uint64_t{20});
  for (const std::uint64_t number : {10, 20, 30}) EXPECT_EQ(put(number), CollectionResult::kOk);
  tree().trimmed = true;
  EXPECT_EQ(put(45), CollectionResult::kOk);
  EXPECT_EQ(numbers(), (Numbers{30, 45}));
  EXPECT_FALSE(tree().trimmed);
  EXPECT_EQ(put(20), CollectionResult::kOutOfRange);
  EXPECT_EQ(put(25), CollectionResult::kOk);
}

TEST_F(BtreeTest, ARangeOfBytesLooksAtAsManyAsItHas) {
  make(Overflow::kLargestTrim);
  tree().max_bkey_range = Bkey("\x01\x00"sv);
  for (const auto bytes : {"\x10\x00"sv, "\x10\x80\xff"sv, "\x11\x00"sv}) {
    EXPECT_EQ(put(Bkey(bytes)), CollectionResult::kOk);
  }
  EXPECT_EQ(put(Bkey("\x11\x01"sv)), CollectionResult::kOutOfRange);
  EXPECT_EQ(put(Bkey("\x0f\x80"sv)), CollectionResult::kOk);
  EXPECT_EQ(tree().size(), 3U);
  EXPECT_FALSE(btree_find(tree(), Bkey("\x11\x00"sv)));
  EXPECT_TRUE(btree_find(tree(), Bkey("\x10\x80\xff"sv)));
}

TEST_F(BtreeTest, WithErrorNothingGoes) {
  make(Overflow::kError);
  put(10, 1);
  EXPECT_EQ(put(20, 1), CollectionResult::kOverflowed);
  tree().max_bkey_range = Bkey(std::uint64_t{5});
  EXPECT_EQ(put(20, 1), CollectionResult::kOutOfRange);
  EXPECT_EQ(numbers(), Numbers{10});
}

}  // namespace
}  // namespace arcus::daemon
