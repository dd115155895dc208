#include "daemon/collection/eflag.h"

#include <gtest/gtest.h>

namespace arcus::daemon {
namespace {

EflagFilter filter(CompareOp op, std::string values, std::uint8_t size, std::uint8_t offset = 0) {
  EflagFilter result;
  result.offset = offset;
  result.compare = op;
  result.value_size = size;
  result.values = std::move(values);
  return result;
}

TEST(EflagFilter, ComparesBytesAsUnsignedNumbers) {
  EXPECT_TRUE(filter(CompareOp::kGreater, "\x7f", 1).matches("\x80"));
  EXPECT_TRUE(filter(CompareOp::kLess, "\x80", 1).matches("\x7f"));
  EXPECT_FALSE(filter(CompareOp::kLess, "\x80", 1).matches("\x80"));
  EXPECT_TRUE(filter(CompareOp::kLessEqual, "\x80", 1).matches("\x80"));
  EXPECT_TRUE(filter(CompareOp::kGreaterEqual, "\x80", 1).matches("\x80"));
}

TEST(EflagFilter, LooksAtAPart) {
  EXPECT_TRUE(filter(CompareOp::kEqual, "cd", 2, 2).matches("abcdef"));
  EXPECT_FALSE(filter(CompareOp::kEqual, "ab", 2, 2).matches("abcdef"));
}

TEST(EflagFilter, AnEflagWithoutThatPartOnlyDiffers) {
  for (const std::string_view eflag : {"", "ab", "abc"}) {
    EXPECT_TRUE(filter(CompareOp::kNotEqual, "cd", 2, 2).matches(eflag));
    EXPECT_FALSE(filter(CompareOp::kEqual, "cd", 2, 2).matches(eflag));
    EXPECT_FALSE(filter(CompareOp::kLess, "zz", 2, 2).matches(eflag));
    EXPECT_FALSE(filter(CompareOp::kGreaterEqual, "  ", 2, 2).matches(eflag));
  }
}

TEST(EflagFilter, JoinsAnOperandFirst) {
  EflagFilter joined = filter(CompareOp::kEqual, "\x01", 1);
  joined.op = BitwiseOp::kAnd;
  joined.operand = Eflag("\x0f");
  EXPECT_TRUE(joined.matches("\xf1"));
  EXPECT_FALSE(joined.matches("\xf2"));
  joined.op = BitwiseOp::kXor;
  EXPECT_TRUE(joined.matches("\x0e"));
  joined.op = BitwiseOp::kOr;
  EXPECT_FALSE(joined.matches("\x01"));
}

TEST(EflagFilter, TakesOneOfSeveralValuesOrNone) {
  EXPECT_TRUE(filter(CompareOp::kEqual, "aabbcc", 2).matches("bb"));
  EXPECT_FALSE(filter(CompareOp::kEqual, "aabbcc", 2).matches("ab"));
  EXPECT_FALSE(filter(CompareOp::kNotEqual, "aabbcc", 2).matches("cc"));
  EXPECT_TRUE(filter(CompareOp::kNotEqual, "aabbcc", 2).matches("bc"));
}

TEST(EflagUpdate, PutsAnotherInItsPlace) {
  EXPECT_EQ((EflagUpdate{{}, 0, Eflag("xyz")}.applied_to("a")->bytes()), "xyz");
  EXPECT_EQ((EflagUpdate{{}, 0, Eflag()}.applied_to("a")->bytes()), "");
}

TEST(EflagUpdate, ChangesBitsOfAPart) {
  EXPECT_EQ((EflagUpdate{BitwiseOp::kOr, 1, Eflag("\x20")}.applied_to("AB")->bytes()), "Ab");
  EXPECT_FALSE((EflagUpdate{BitwiseOp::kOr, 1, Eflag("  ")}.applied_to("AB")));
  EXPECT_FALSE((EflagUpdate{BitwiseOp::kOr, 2, Eflag(" ")}.applied_to("AB")));
}

}  // namespace
}  // namespace arcus::daemon
