// The engine as a process: how it starts, what it tells, how it stops.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sysexits.h>

#include <fstream>
#include <thread>

#include "tests/protocol/engine_process.h"

namespace arcus::tests {
namespace {

EngineOptions arguments(std::vector<std::string> words) {
  EngineOptions options;
  options.arguments = std::move(words);
  return options;
}

EngineOptions failing(std::vector<std::string> words) {
  EngineOptions options = arguments(std::move(words));
  options.wait_until_serving = false;
  return options;
}

TEST(Process, SaysWhenItIsReady) {
  EngineProcess engine;
  EXPECT_EQ(engine.ready_line(5000), "ready 0 -\n");
  Client client(engine);
  EXPECT_TRUE(client.ask("version\r\n").starts_with("VERSION "));
}

TEST(Process, SaysWhenTheMemoryLimitIsBeyondTheMachine) {
  EngineProcess engine(failing({"-m", "300000000"}));
  EXPECT_EQ(engine.wait_exit(5000), EX_OSERR);
  EXPECT_NE(engine.log().find("-m 300000000"), std::string::npos) << engine.log();
}

TEST(Process, EndsOnBothSignalsWithStatusZero) {
  for (const int number : {SIGTERM, SIGINT}) {
    EngineProcess engine;
    ASSERT_NE(engine.ready_line(5000), "");
    Client idle(engine);
    EXPECT_NE(idle.ask("version\r\n"), "");
    const auto begin = std::chrono::steady_clock::now();
    engine.signal(number);
    EXPECT_EQ(engine.wait_exit(5000), 0);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(900));
    EXPECT_TRUE(idle.closed_by_peer());
  }
}

TEST(Process, LetsARequestThatIsOnItsWayFinish) {
  EngineProcess engine;
  ASSERT_NE(engine.ready_line(5000), "");
  Client client(engine);
  EXPECT_NE(client.ask("version\r\n"), "");
  client.send("set a 0 0 5\r\nab");
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  engine.signal(SIGTERM);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_FALSE(engine.wait_exit(0));
  EXPECT_EQ(client.ask("cde\r\n"), "STORED\r\n");
  EXPECT_EQ(engine.wait_exit(2000), 0);
}

TEST(Process, WaitsForASlowClientNoLongerThanASecond) {
  EngineProcess engine;
  ASSERT_NE(engine.ready_line(5000), "");
  Client client(engine);
  EXPECT_NE(client.ask("version\r\n"), "");
  client.send("set a 0 0 5\r\nab");
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  engine.signal(SIGTERM);
  EXPECT_EQ(engine.wait_exit(3000), 0);
}

TEST(Process, RefusesBadOptionsWithAClearLine) {
  EngineProcess engine(failing({"-m", "lots"}));
  EXPECT_EQ(engine.wait_exit(5000), 64);
  EXPECT_NE(engine.log().find("-m takes a number"), std::string::npos) << engine.log();
}

TEST(Process, RefusesAPortInUseByName) {
  const EngineProcess first;
  EngineProcess second(failing({"-p", std::to_string(first.port())}));
  EXPECT_EQ(second.wait_exit(5000), 71);
  EXPECT_NE(second.log().find("127.0.0.1:" + std::to_string(first.port())), std::string::npos);
  EXPECT_NE(second.log().find("Address already in use"), std::string::npos) << second.log();
}

TEST(Process, RefusesMoreConnectionsThanItCanHave) {
  EngineProcess engine(failing({"-c", "16000000"}));
  EXPECT_EQ(engine.wait_exit(5000), 71);
  EXPECT_NE(engine.log().find("-c 16000000 needs"), std::string::npos) << engine.log();
}

TEST(Process, ShowsHelpAndVersion) {
  EngineProcess help(failing({"-h"}));
  EXPECT_EQ(help.wait_exit(5000), 0);
  EXPECT_NE(help.log().find("--memory-limit=MB"), std::string::npos);
  EngineProcess version(failing({"--version"}));
  EXPECT_EQ(version.wait_exit(5000), 0);
  EXPECT_TRUE(version.log().starts_with("arcus-memcached "));
}

TEST(Process, LogsWhatItIgnores) {
  const EngineProcess engine(arguments({"-U", "11", "-o", "modern", "-X", "/lib/other.so"}));
  const std::string log = engine.log();
  EXPECT_NE(log.find("UDP is not served"), std::string::npos) << log;
  EXPECT_NE(log.find("'modern'"), std::string::npos) << log;
  EXPECT_NE(log.find("/lib/other.so"), std::string::npos) << log;
}

TEST(Process, ListensOnAUnixSocketInstead) {
  EngineOptions options;
  const std::string path = testing::TempDir() + "arcus-engine-" + std::to_string(getpid());
  options.arguments = {"-s", path, "-a", "600"};
  options.wait_until_serving = false;
  EngineProcess engine(std::move(options));
  EXPECT_EQ(engine.ready_line(5000), "ready 0 -\n");
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_TRUE(S_ISSOCK(status.st_mode));
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  unlink(path.c_str());
}

TEST(Process, WritesAPidFileAndTakesItAway) {
  const std::string path = testing::TempDir() + "arcus-engine-pid-" + std::to_string(getpid());
  EngineProcess engine(arguments({"-P", path}));
  ASSERT_NE(engine.ready_line(5000), "");
  std::ifstream file(path);
  pid_t pid = 0;
  file >> pid;
  EXPECT_EQ(pid, engine.pid());
  engine.signal(SIGTERM);
  EXPECT_EQ(engine.wait_exit(5000), 0);
  EXPECT_NE(access(path.c_str(), F_OK), 0);
}

TEST(Process, BecomesTheUserItIsTold) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  EngineProcess engine(arguments({"-u", "nobody"}));
  ASSERT_NE(engine.ready_line(5000), "");
  struct stat status {};
  ASSERT_EQ(stat(("/proc/" + std::to_string(engine.pid())).c_str(), &status), 0);
  EXPECT_NE(status.st_uid, 0u);
  EngineProcess unknown(failing({"-u", "no-such-user"}));
  EXPECT_EQ(unknown.wait_exit(5000), 67);
}

}  // namespace
}  // namespace arcus::tests
