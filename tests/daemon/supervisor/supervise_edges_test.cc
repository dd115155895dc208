// What stands around a node: strangers on ports, users, callers, wrong words.
#include <pwd.h>
#include <sys/stat.h>

#include "daemon/supervisor/process.h"
#include "tests/daemon/supervisor/supervise_fixture.h"

namespace arcus::daemon {
namespace {

// As 1121 and 11211: a free port and one that begins with the same digits.
std::pair<std::string, std::string> ports_that_begin_the_same() {
  for (int shorter = 1100; shorter < 6500; ++shorter) {
    if (Socket(shorter).port() == shorter && Socket(shorter * 10 + 1).port() == shorter * 10 + 1) {
      return {std::to_string(shorter), std::to_string(shorter * 10 + 1)};
    }
  }
  return {};
}

TEST_F(Supervise, RefusesAPortThatAStrangerListensOn) {
  Socket socket;
  socket.listen();
  port_ = socket.port();
  node_ = "127.0.0.1:" + std::to_string(port_);
  const auto refused = start("listen,ready");
  EXPECT_EQ(refused.exit_status, 3);
  EXPECT_EQ(refused.json()["pid"], ::getpid());
  EXPECT_NE(refused.json()["command"].get<std::string>().find(engine_), std::string::npos);
  EXPECT_NE(refused.json()["error"].get<std::string>().find("taken"), std::string::npos);
  EXPECT_EQ(status()["wanted"], "down");
}

TEST_F(Supervise, FindsAndEndsAnEngineStartedByHand) {
  const std::string port = std::to_string(port_);
  const pid_t pid = stranger({"-d", "-p", port});
  Json found;
  ASSERT_TRUE(eventually([&] {
    found = call({"find", "--port", port}).json();
    return found.is_object();
  }));
  EXPECT_EQ(found["pid"], pid);
  EXPECT_EQ(found["port_argument"], true);
  EXPECT_EQ(found["supervised"], false);
  EXPECT_EQ(found["exe"], engine_);
  EXPECT_EQ(found["argv"], (Json{engine_, "-d", "-p", port}));
  EXPECT_EQ(found["addresses"], Json{"127.0.0.1"});

  const std::string start_time = std::to_string(found["start_time"].get<std::uint64_t>());
  const auto end = [&](const std::string& at, const std::string& when) {
    return call({"end", "--port", at, "--pid", std::to_string(pid), "--start-time", when});
  };
  EXPECT_EQ(end(port, std::to_string(found["start_time"].get<std::uint64_t>() + 1)).exit_status, 0)
      << "another process that had the number is gone already";
  EXPECT_FALSE(gone(pid));
  EXPECT_EQ(end(std::to_string(free_port()), start_time).exit_status, 1);
  EXPECT_FALSE(gone(pid)) << "it does not listen on that port";
  EXPECT_EQ(end(port, start_time).exit_status, 0);
  EXPECT_TRUE(gone(pid));
  EXPECT_EQ(call({"find", "--port", port}).text, "");
}

TEST_F(Supervise, FindTakesNoPortThatOnlyBeginsTheSame) {
  const auto [shorter, port] = ports_that_begin_the_same();
  const pid_t pid = stranger({"-p", port});
  ASSERT_TRUE(eventually([&] { return call({"find", "--port", port}).json()["pid"] == pid; }));
  const auto others = call({"find", "--port", shorter});
  EXPECT_EQ(others.text.find("\"pid\":" + std::to_string(pid) + ","), std::string::npos);
  const auto start_time = find_process(pid)->start_time;
  EXPECT_EQ(call({"end", "--port", shorter, "--pid", std::to_string(pid), "--start-time",
                  std::to_string(start_time)})
                .exit_status,
            1);
  EXPECT_FALSE(gone(pid));
}

TEST_F(Supervise, FindKnowsItsOwn) {
  ASSERT_EQ(start("listen,ready").exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  const auto found = call({"find", "--port", std::to_string(port_)}).json();
  EXPECT_EQ(found["pid"], status()["pid"]);
  EXPECT_EQ(found["supervised"], true);
}

TEST_F(Supervise, DropsToTheUserForGood) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root: --user";
  const passwd* nobody = ::getpwnam("nobody");
  ASSERT_NE(nobody, nullptr);
  const uid_t uid = nobody->pw_uid;
  engine_ = dir_.path() + "/engine";  // where that user may execute it
  fs::copy_file(fs::read_symlink("/proc/self/exe"), engine_);
  ASSERT_EQ(start("listen,ready", {"--user", "nobody"}).exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  Json now = status();
  EXPECT_EQ(process_owner(now["pid"]), uid);
  EXPECT_EQ(process_owner(now["supervisor_pid"]), uid);
  for (const auto& path : {"/run/" + node_, "/log/" + node_ + ".log", "/log/" + node_ + ".log.1"}) {
    struct stat info {};
    ASSERT_EQ(::stat((dir_.path() + path).c_str(), &info), 0);
    EXPECT_EQ(info.st_uid, uid) << path;
  }

  ::kill(now["pid"], SIGKILL);  // it can still do its work
  ASSERT_TRUE(eventually([&] { return status()["restarts"] == 1; }));
  ASSERT_EQ(wait().exit_status, 0);

  // A start that names nobody does not make the adopted engine root's.
  ::kill(now["supervisor_pid"], SIGKILL);
  ASSERT_TRUE(eventually([&] { return status()["supervisor_alive"] == false; }));
  ASSERT_EQ(start("listen,ready").exit_status, 0);
  now = status();
  EXPECT_EQ(now["supervisor_alive"], true);
  EXPECT_EQ(process_owner(now["supervisor_pid"]), uid);
  EXPECT_EQ(stop().exit_status, 0);
}

TEST_F(Supervise, WorksWithoutPrivileges) {
  if (::geteuid() != 0) GTEST_SKIP() << "every other test shows it";
  const uid_t uid = 65534;
  engine_ = dir_.path() + "/engine";
  fs::copy_file(fs::read_symlink("/proc/self/exe"), engine_);
  const std::string binary = dir_.path() + "/arcus-supervise";
  fs::copy_file(ARCUS_BINARY_DIR "/daemon/arcus-supervise", binary);
  ASSERT_EQ(::chown(dir_.path().c_str(), uid, uid), 0);
  Words words = start_words("listen,ready", {"--nofile", "64"});
  words.insert(words.begin(), binary);
  const auto started = run(words, uid);
  ASSERT_EQ(started.exit_status, 0) << started.text;
  EXPECT_EQ(run({binary, "wait", "--dir", dir_.path(), "--node", node_, "--timeout", "10"}, uid)
                .exit_status,
            0);
  const auto stopped = run({binary, "stop", "--dir", dir_.path(), "--node", node_}, uid);
  EXPECT_EQ(stopped.exit_status, 0) << stopped.text;

  words = start_words("listen,ready", {"--user", "root"});
  words.insert(words.begin(), binary);
  const auto refused = run(words, uid);
  EXPECT_EQ(refused.exit_status, 1) << "nobody can't run it as root";
  EXPECT_NE(refused.text.find("only root"), std::string::npos) << refused.text;
}

TEST_F(Supervise, ASupervisorHoldsNothingOfItsCallers) {
  // run() reads until the last writer of its pipe is gone: were it inherited, this would hang.
  ASSERT_EQ(start("ready").exit_status, 0);
  const int pid = status()["supervisor_pid"];
  int sockets = 0;
  for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
    std::error_code closed_meanwhile;
    const std::string target = fs::read_symlink(entry, closed_meanwhile).string();
    sockets += target.find("socket:") != std::string::npos;
    EXPECT_EQ(target.find("verb.lock"), std::string::npos) << target;
  }
  EXPECT_EQ(sockets, 1) << "that on which it tells its status";
}

TEST_F(Supervise, WrongUseIsSaidWithItsOwnStatus) {
  EXPECT_EQ(call({}).exit_status, 2);
  EXPECT_EQ(call({"start", "--dir", dir_.path(), "--node", node_}).exit_status, 2);
  EXPECT_EQ(call({"frobnicate"}).exit_status, 2);
  EXPECT_EQ(call({"find", "--port", "0"}).exit_status, 2);
  EXPECT_EQ(call({"--help"}).exit_status, 0);
  const auto bad_node =
      call({"start", "--dir", dir_.path(), "--node", "../x:1", "--", "/bin/true"});
  EXPECT_EQ(bad_node.exit_status, 1);
  EXPECT_NE(bad_node.json()["error"].get<std::string>().find("expected"), std::string::npos);
}
}  // namespace
}  // namespace arcus::daemon
