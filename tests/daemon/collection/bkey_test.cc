#include "daemon/collection/bkey.h"

#include <gtest/gtest.h>

using namespace std::string_view_literals;

namespace arcus::daemon {
namespace {

TEST(Bkey, NumbersAreInTheirOrder) {
  EXPECT_LT(Bkey(std::uint64_t{9}), Bkey(std::uint64_t{10}));
  EXPECT_EQ(Bkey(~std::uint64_t{0}), Bkey(~std::uint64_t{0}));
}

TEST(Bkey, BytesAreInTheirOrderTheShorterFirst) {
  EXPECT_LT(Bkey("\x7f"sv), Bkey("\x80"sv));
  EXPECT_LT(Bkey("\x01"sv), Bkey("\x01\x00"sv));
  EXPECT_LT(Bkey("\x01\xff"sv), Bkey("\x02"sv));
}

TEST(Bkey, ADifferenceOfBytesIsOneOfNumbersAsLongAsAsked) {
  EXPECT_EQ(Bkey::difference(Bkey("\x02\x00"sv), Bkey("\x01\x01"sv), 2).bytes(), "\x00\xff"sv);
  EXPECT_EQ(Bkey::difference(Bkey("\x02"sv), Bkey("\x01\x01"sv), 3).bytes(), "\x00\xff\x00"sv);
  EXPECT_EQ(Bkey::difference(Bkey("\x02\x05"sv), Bkey("\x01\x01"sv), 1).bytes(), "\x01"sv);
}

TEST(Bkey, APredecessorBorrows) {
  EXPECT_EQ(Bkey("\x01\x00"sv).predecessor().bytes(), "\x00\xff"sv);
  EXPECT_EQ(Bkey(std::uint64_t{5}).predecessor().number(), 4U);
}

}  // namespace
}  // namespace arcus::daemon
