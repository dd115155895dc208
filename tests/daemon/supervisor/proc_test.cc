#include <gtest/gtest.h>
#include <unistd.h>

#include "daemon/supervisor/listeners.h"
#include "daemon/supervisor/process.h"

namespace arcus::daemon {
namespace {

TEST(ProcStat, ReadsPastACommandWithBlanksAndParentheses) {
  const auto stat = parse_proc_stat(
      "4242 (a) b (c) S 1 4242 4242 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987654 1000 5 "
      "18446744073709551615 1 1 0\n");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->start_time, 987654u);
}

TEST(ProcStat, RefusesWhatIsNoStatLine) {
  EXPECT_FALSE(parse_proc_stat(""));
  EXPECT_FALSE(parse_proc_stat("1 (short) S 1 2 3"));
  EXPECT_FALSE(parse_proc_stat("1 (x) S 1 1 1 0 -1 0 1 0 0 0 0 0 0 0 20 0 1 0 soon 1"));
}

TEST(ProcOwner, IsTheEffectiveUser) {
  EXPECT_EQ(parse_proc_owner("Name:\tx\nUid:\t1000\t1001\t1002\t1003\nGid:\t5\t5\t5\t5\n"), 1001u);
  EXPECT_FALSE(parse_proc_owner("Name:\tx\n"));
}

TEST(Process, IsMeantByNumberAndStartTime) {
  const auto self = find_process(::getpid());
  ASSERT_TRUE(self);
  EXPECT_TRUE(alive(*self));
  EXPECT_FALSE(alive({self->pid, self->start_time + 1}));
  EXPECT_FALSE(open_process({self->pid, self->start_time + 1}));
  EXPECT_FALSE(alive({}));
}

constexpr const char* kTcp =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
    "inode\n"
    "   0: 00000000:2BCB 00000000:0000 0A 00000000:00000000 00:00000000 00000000   104        0 "
    "111 1 0\n"
    "   1: 0100007F:2BCB 0100007F:C350 01 00000000:00000000 00:00000000 00000000   104        0 "
    "222 1 0\n"
    "   2: 0100007F:0461 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "
    "333 1 0\n"
    "   3: garbage\n";
constexpr const char* kTcp6 =
    "   0: 00000000000000000000000000000000:2BCB 00000000000000000000000000000000:0000 0A "
    "00000000:00000000 00:00000000 00000000  1000        0 444 1 0\n"
    "   1: 0000000000000000FFFF00000100007F:2BCB 00000000000000000000000000000000:0000 0A "
    "00000000:00000000 00:00000000 00000000  1000        0 555 1 0\n";

TEST(NetTcp, TellsListeningSocketsOnly) {
  const auto sockets = parse_net_tcp(kTcp);
  ASSERT_EQ(sockets.size(), 2u);
  EXPECT_EQ(sockets[0].address, "0.0.0.0");
  EXPECT_EQ(sockets[0].port, 11211);
  EXPECT_EQ(sockets[0].inode, 111u);
  EXPECT_EQ(sockets[0].uid, 104u);
  EXPECT_EQ(sockets[1].address, "127.0.0.1");
  EXPECT_EQ(sockets[1].port, 1121);
}

TEST(NetTcp, ReadsIpv6AndMappedAddresses) {
  const auto sockets = parse_net_tcp(kTcp6);
  ASSERT_EQ(sockets.size(), 2u);
  EXPECT_EQ(sockets[0].address, "::");
  EXPECT_EQ(sockets[1].address, "127.0.0.1");
}

TEST(NamesPort, TakesExactlyThatPort) {
  EXPECT_TRUE(names_port({"memcached", "-d", "-p", "11211"}, 11211));
  EXPECT_TRUE(names_port({"memcached", "-p11211"}, 11211));
  EXPECT_FALSE(names_port({"memcached", "-p", "1121"}, 11211));
  EXPECT_FALSE(names_port({"memcached", "-p", "11211"}, 1121));
  EXPECT_FALSE(names_port({"memcached", "-p1121"}, 11211));
  EXPECT_FALSE(names_port({"memcached", "-p", "112110"}, 11211));
  EXPECT_FALSE(names_port({"memcached", "11211"}, 11211));
  EXPECT_FALSE(names_port({"memcached", "-p", "11212", "-x", "-p 11211"}, 11211));
  EXPECT_FALSE(names_port({"-p", "11211"}, 1));
}

TEST(InTheWay, DependsOnTheAddressesBothWant) {
  Listener elsewhere;
  elsewhere.addresses = {"127.0.0.2"};
  EXPECT_TRUE(in_the_way(elsewhere, {"e", "-p", "1"})) << "an engine without -l wants them all";
  EXPECT_TRUE(in_the_way(elsewhere, {"e", "-l", "0.0.0.0"}));
  EXPECT_TRUE(in_the_way(elsewhere, {"e", "-l", "some-name"}));
  EXPECT_TRUE(in_the_way(elsewhere, {"e", "-l", "127.0.0.2"}));
  EXPECT_FALSE(in_the_way(elsewhere, {"e", "-l", "127.0.0.1"}));
  EXPECT_FALSE(in_the_way(elsewhere, {"e", "-l127.0.0.1"}));
  Listener everywhere;
  everywhere.addresses = {"0.0.0.0", "::"};
  EXPECT_TRUE(in_the_way(everywhere, {"e", "-l", "127.0.0.1"}));
}

}  // namespace
}  // namespace arcus::daemon
