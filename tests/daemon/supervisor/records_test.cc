#include "daemon/supervisor/records.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "daemon/supervisor/engine.h"

namespace arcus::daemon {
namespace {

TEST(Spec, RoundTrips) {
  Spec spec{.node = "10.0.0.1:11211",
            .service = "ruo91-cloud",
            .release = "0.1.0-abc",
            .engine = "foreign",
            .zklist = "10.0.0.1:2181",
            .user = "memcached",
            .argv = {"/opt/a b/bin/arcus-memcached", "-p", "11211", "", "it's \"quoted\"\n"},
            .env = {{"ARCUS_CACHE_PUBLIC_IP", "10.0.0.1"}, {"EMPTY", ""}},
            .nofile = 4096,
            .core = 0,
            .memory_max = 1 << 30,
            .oom_score_adj = 300,
            .grace = std::chrono::milliseconds(2500),
            .probe = "127.0.0.1:11211",
            .hang = std::chrono::milliseconds(1500),
            .start_limit = std::chrono::milliseconds(90000),
            .log_bytes = 12345};
  const auto read = decode_spec(encode_spec(spec));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, spec);
}

TEST(Spec, MustNameAProgram) {
  EXPECT_FALSE(decode_spec(encode_spec(Spec())));
  EXPECT_FALSE(decode_spec("{\"node\": \"a:1\"}"));
  EXPECT_FALSE(decode_spec("not json"));
  EXPECT_FALSE(decode_spec(""));
}

TEST(NodeStatus, RoundTrips) {
  NodeStatus status{.node = "10.0.0.1:11211",
                    .service = "s",
                    .release = "r",
                    .argv = {"x"},
                    .log = "/l",
                    .state = State::kBackingOff,
                    .since = 1700000000,
                    .engine = {12, 3456},
                    .supervisor = {11, 3400},
                    .boot_id = "b",
                    .ready_pipe = 77,
                    .said_ready = true,
                    .trouble = "no answer",
                    .session = "0x1a",
                    .znode = "10.0.0.1:11211-h",
                    .restarts = 3,
                    .failures = 2,
                    .last_exit = "exit status 1",
                    .last_died = 1700000001,
                    .last_words = {"out of luck", "bye"},
                    .retry_at = 1700000000.25};
  const auto read = decode_status(encode_status(status));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, status);
}

TEST(NodeStatus, IsOneLineWhateverBytesItHolds) {
  NodeStatus status;
  status.argv = {"a\nb", "\xff\xfe"};
  StatusView view;
  view.status = status;
  view.log_lines = {"\x1b[31m\xc3"};
  const auto text = encode_view(view);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_NE(text.find("\"wanted\":\"down\""), std::string::npos);
}

TEST(NodeStatus, RefusesAnUnknownState) {
  auto text = encode_status(NodeStatus{});
  text.replace(text.find("stopped"), 7, "dancing");
  const auto read = decode_status(text);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("dancing"), std::string::npos);
}

TEST(Wish, RoundTrips) {
  for (const Wish& wish :
       {Wish{Want::kUp, {}}, Wish{Want::kOnce, {}}, Wish{Want::kPaused, {}}, Wish{Want::kDown, {}},
        Wish{Want::kDown, std::chrono::milliseconds(1500)}}) {
    const auto read = decode_wish(encode_wish(wish));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, wish);
  }
  for (const char* bad : {"", "sideways", "up 3", "paused 3", "down soon", "down 1 2"}) {
    EXPECT_FALSE(decode_wish(bad)) << bad;
  }
}

TEST(ReadyLine, TellsSessionAndZnode) {
  const auto joined = parse_ready_line("ready 1a2b 10.0.0.1:11211-h\n");
  ASSERT_TRUE(joined);
  EXPECT_EQ(joined->session, "0x1a2b");
  EXPECT_EQ(joined->znode, "10.0.0.1:11211-h");
  const auto alone = parse_ready_line("ready 0 -");
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->session, "");
  EXPECT_EQ(alone->znode, "");
  EXPECT_EQ(parse_ready_line("ready 0x5 -")->session, "0x5");
  EXPECT_FALSE(parse_ready_line("almost ready"));
  EXPECT_FALSE(parse_ready_line(""));
}

TEST(DescribeEnd, SaysWhatTheStatusMeans) {
  EXPECT_EQ(describe_end(CLD_EXITED, 0).text, "exit status 0");
  EXPECT_EQ(describe_end(CLD_EXITED, 75).text, "exit status 75 (ZooKeeper session expired)");
  EXPECT_EQ(describe_end(CLD_EXITED, 76).text, "exit status 76 (could not join ZooKeeper)");
  EXPECT_EQ(describe_end(CLD_EXITED, 76).exit_status, 76);
  EXPECT_EQ(describe_end(CLD_KILLED, 9).text, "killed by signal 9 (SIGKILL)");
  EXPECT_EQ(describe_end(CLD_DUMPED, 11).text, "killed by signal 11 (SIGSEGV), core dumped");
  EXPECT_FALSE(describe_end(CLD_KILLED, 9).exit_status);
}

}  // namespace
}  // namespace arcus::daemon
