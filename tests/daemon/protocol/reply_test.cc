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
