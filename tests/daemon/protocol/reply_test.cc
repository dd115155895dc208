#include "daemon/protocol/reply.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

namespace arcus::daemon {
namespace {

void count_release(void* owner, void*) {
  ++*static_cast<int*>(owner);
}

// Takes everything out, `step` bytes at a time.
std::string drained(Reply& reply, std::size_t step, int entries_at_once = 4) {
  std::string all;
  while (!reply.empty()) {
    std::array<iovec, 8> entries;
    const int count = reply.gather(entries.data(), entries_at_once);
    std::string some;
    for (int i = 0; i < count; ++i) {
      some.append(static_cast<const char*>(entries[i].iov_base), entries[i].iov_len);
    }
    EXPECT_FALSE(some.empty());
    some.resize(std::min(some.size(), step));
    reply.sent(some.size());
    all += some;
  }
  return all;
}

TEST(Reply, KeepsTheOrderOfCopiedAndPinnedBytesHoweverTheyAreSent) {
  const std::string first = "FIRST", second = "SECOND";
  for (std::size_t step = 1; step < 40; ++step) {
    for (int entries = 1; entries <= 6; ++entries) {
      int released = 0;
      Reply reply;
      reply.add_pinned(first, Pin(&released, &released, count_release));
      reply.add("<");
      reply.add_number(18446744073709551615u);
      reply.add_pinned(second, Pin(&released, &released, count_release));
      reply.add_pinned(first, Pin(&released, &released, count_release));
      reply.add(">");
      EXPECT_EQ(reply.pending(), 38u);
      EXPECT_EQ(drained(reply, step, entries), "FIRST<18446744073709551615SECONDFIRST>");
      EXPECT_EQ(released, 3);
    }
  }
}

TEST(Reply, LetsGoOfAPinAsSoonAsItsBytesAreGone) {
  int released = 0;
  const std::string value = "value";
  Reply reply;
  reply.add("a");
  reply.add_pinned(value, Pin(&released, &released, count_release));
  reply.add("b");
  reply.sent(5);
  EXPECT_EQ(released, 0);
  reply.sent(1);
  EXPECT_EQ(released, 1);
  EXPECT_EQ(reply.pending(), 1u);
}

TEST(Reply, HandsOnWhatIsLeftInMemoryOfItsOwn) {
  int released = 0;
  const std::string value = "value", second = "second";
  for (std::size_t gone = 0; gone <= 16; ++gone) {
    released = 0;
    Reply reply;
    reply.add("abc");
    reply.add_pinned(value, Pin(&released, &released, count_release));
    reply.add("d");
    reply.add_pinned(second, Pin(&released, &released, count_release));
    reply.add("ef");
    reply.sent(gone);
    Reply rest = reply.detach();
    EXPECT_TRUE(reply.empty());
    EXPECT_EQ(released, gone >= 15 ? 2 : gone >= 8 ? 1 : 0) << gone;
    EXPECT_EQ(rest.pending(), 17 - gone);
    reply.add("something else");
    EXPECT_EQ(drained(rest, 3), std::string("abcvaluedsecondef").substr(gone));
    EXPECT_EQ(released, 2);
    EXPECT_EQ(drained(reply, 100), "something else");
  }
}

TEST(Reply, IsWrittenInPlaceToo) {
  Reply reply;
  std::string expected;
  for (std::uint64_t number : {0u, 9u, 10u, 4294967295u}) {
    for (int i = 0; i < 300; ++i) {
      char* at = reply.room(2 + kMostDigits);
      at = put_number(put(at, "<"), number);
      reply.wrote(put(at, ">"));
      expected += "<" + std::to_string(number) + ">";
    }
  }
  EXPECT_TRUE(drained(reply, 1000) == expected);
}

TEST(Reply, IsFullAtItsLimitWhateverItsBytesAre) {
  const std::string large(Reply::kFull, 'x');
  Reply copied;
  copied.add(large.substr(1));
  EXPECT_FALSE(copied.full());
  copied.add("x");
  EXPECT_TRUE(copied.full());

  int released = 0;
  Reply pinned;
  pinned.add_pinned(large, Pin(&released, &released, count_release));
  EXPECT_TRUE(pinned.full());
  pinned.clear();
  EXPECT_TRUE(pinned.empty());
  EXPECT_EQ(released, 1);
}

}  // namespace
}  // namespace arcus::daemon
