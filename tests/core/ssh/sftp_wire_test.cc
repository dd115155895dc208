#include "core/ssh/sftp_wire.h"

#include <gtest/gtest.h>

namespace arcus::ssh::sftp {
namespace {

TEST(SftpWire, PutsTheLengthInFrontOfEachPacket) {
  std::string stream;
  { Packet(stream, kInit).u32(3); }
  { Packet(stream, kClose, 7).text("ab"); }
  EXPECT_EQ(stream, std::string("\0\0\0\5\1\0\0\0\3\0\0\0\013\4\0\0\0\7\0\0\0\2ab", 24));
}

TEST(SftpWire, TakesRepliesOnlyWhenTheyAreWhole) {
  std::string whole;
  { Packet(whole, kStatus, 9).u32(kFailure).text("no"); }
  std::string stream;
  for (const char c : whole) {
    EXPECT_FALSE(take_reply(stream).has_value());
    stream += c;
  }
  const auto reply = take_reply(stream);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->type, kStatus);
  EXPECT_EQ(reply->id, 9u);
  Fields fields(reply->body);
  EXPECT_EQ(fields.u32(), kFailure);
  EXPECT_EQ(fields.text(), "no");
  EXPECT_TRUE(fields.good());
  EXPECT_TRUE(stream.empty());
}

TEST(SftpWire, ReadsNothingBeyondTheEnd) {
  Fields fields(std::string_view("\0\0\0\5ab", 6));
  EXPECT_EQ(fields.text(), "");
  EXPECT_FALSE(fields.good());
  EXPECT_EQ(fields.u64(), 0u);
}

TEST(SftpWire, NoticesASizeThatCannotBe) {
  EXPECT_TRUE(oversized("Welcome to this host"));
  EXPECT_TRUE(oversized(std::string(4, '\0')));
  EXPECT_FALSE(oversized(std::string("\0\0\1\0", 4)));
}

}  // namespace
}  // namespace arcus::ssh::sftp
