#include "tests/bench/load/content.h"

#include <gtest/gtest.h>

#include <string>

namespace arcus::bench {
namespace {

std::string key(std::uint32_t id, std::size_t size) {
  std::string text;
  append_key(text, id, size);
  return text;
}

std::string value(std::uint32_t id, std::uint32_t version, std::size_t size) {
  std::string text;
  append_value(text, id, version, size);
  return text;
}

bool right(const Sizes& sizes, std::uint32_t id, const std::string& bytes,
           std::size_t piece = 1000) {
  ValueCheck check(sizes);
  check.begin(id, bytes.size());
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    check.take(std::string_view(bytes).substr(at, piece));
  }
  return check.finish();
}

Sizes all_of(std::size_t size) {
  return {16, size, size};
}

TEST(Content, KeysHaveTheirSizeAndTellTheirNumber) {
  EXPECT_EQ(key(42, 8), "k0000042");
  for (const std::uint32_t id : {0u, 7u, 99999u, 2147483646u}) {
    EXPECT_EQ(key(id, 32).size(), 32u);
    EXPECT_EQ(parse_key(key(id, 32)), id);
  }
  for (const char* text : {"", "k", "x12", "k12x", "k99999999999", "k-1"}) {
    EXPECT_EQ(parse_key(text), std::nullopt) << text;
  }
}

TEST(ValueCheck, AcceptsWhatWasWrittenInPiecesOfAnySize) {
  for (std::size_t size = 0; size <= 40; ++size) {
    const std::string bytes = value(5, 9, size);
    ASSERT_EQ(bytes.size(), size);
    for (std::size_t piece = 1; piece <= size + 1; ++piece) {
      EXPECT_TRUE(right(all_of(size), 5, bytes, piece)) << size << " in pieces of " << piece;
    }
  }
}

TEST(ValueCheck, NoticesEveryChangedByte) {
  for (const std::size_t size : {3, 8, 29, 32}) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string bytes = value(5, 9, size);
      bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
      // Another version in the header makes the bytes behind it wrong, when there are any.
      if (size == 8 && at >= 4) continue;
      EXPECT_FALSE(right(all_of(size), 5, bytes)) << "byte " << at << " of " << size;
    }
  }
}

TEST(ValueCheck, NoticesAnotherKeysValue) {
  for (const std::size_t size : {3, 8, 32}) {
    EXPECT_FALSE(right(all_of(size), 6, value(5, 9, size))) << size;
  }
}

TEST(ValueCheck, NoticesAValueOfTwoVersions) {
  const std::string torn = value(5, 9, 64).substr(0, 32) + value(5, 10, 64).substr(32);
  EXPECT_FALSE(right(all_of(64), 5, torn));
}

TEST(ValueCheck, NoticesTheSizeOfAnotherVersion) {
  const Sizes sizes{16, 10, 1000};
  const std::size_t size = value_size(sizes, 5, 9);
  EXPECT_TRUE(right(sizes, 5, value(5, 9, size)));
  EXPECT_FALSE(right(sizes, 5, value(5, 9, size + 1)));
  EXPECT_FALSE(right(all_of(32), 5, value(5, 9, 31)));
  EXPECT_FALSE(right(all_of(32), 5, ""));
}

TEST(ValueCheck, StartsAfreshWithEveryValue) {
  ValueCheck check(all_of(20));
  check.begin(1, 20);
  check.take("not at all right    ");
  EXPECT_FALSE(check.finish());
  check.begin(1, 20);
  check.take(value(1, 3, 20));
  EXPECT_TRUE(check.finish());
}

}  // namespace
}  // namespace arcus::bench
