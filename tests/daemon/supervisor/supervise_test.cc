// The life of a node: started, restarted, adopted, given up, stopped.
#include <sys/resource.h>

#include <fstream>

#include "daemon/supervisor/process.h"
#include "daemon/supervisor/status_socket.h"
#include "tests/daemon/supervisor/supervise_fixture.h"

namespace arcus::daemon {
namespace {

TEST_F(Supervise, StartsAnEngineAndTellsWhenItIsReady) {
  const auto started = start("listen,ready");
  ASSERT_EQ(started.exit_status, 0) << started.text;
  EXPECT_EQ(started.json()["already"], false);
  const auto waited = wait();
  ASSERT_EQ(waited.exit_status, 0) << waited.text;
  const Json now = waited.json();
  EXPECT_EQ(now["state"], "ready");
  EXPECT_EQ(now["wanted"], "up");
  EXPECT_EQ(now["session"], "0x1a2b");
  EXPECT_EQ(now["znode"], node_ + "-fake");
  EXPECT_EQ(now["service"], "svc");
  EXPECT_EQ(now["release"], "r1");
  EXPECT_EQ(now["restarts"], 0);
  EXPECT_EQ(now["argv"][0], engine_);
  EXPECT_EQ(now["supervisor_alive"], true);
  EXPECT_TRUE(alive({now["pid"], now["start_time"]}));
}

TEST_F(Supervise, HandsTheEngineWhatItIsTold) {
  ASSERT_EQ(start("listen,ready", {"--env", "ARCUS_CACHE_PUBLIC_IP=10.9.9.9", "--nofile", "512"})
                .exit_status,
            0);
  ASSERT_EQ(wait().exit_status, 0);
  const int pid = status()["pid"];
  EXPECT_EQ(process_variable(pid, "ARCUS_CACHE_PUBLIC_IP"), "10.9.9.9");
  EXPECT_EQ(process_variable(pid, "ARCUS_READY_FD"), "3");
  EXPECT_EQ(process_variable(pid, "ARCUS_SESSION_FILE"),
            dir_.path() + "/run/" + node_ + "/session");
  rlimit limit{};
  ASSERT_EQ(::prlimit(pid, RLIMIT_NOFILE, nullptr, &limit), 0);
  EXPECT_EQ(limit.rlim_cur, 512u);
  const std::string log = dir_.path() + "/log/" + node_ + ".log";
  EXPECT_EQ(fs::read_symlink("/proc/" + std::to_string(pid) + "/fd/1"), log);
  const auto lines = call({"status", "--dir", dir_.path(), "--log-lines", "5"}).json()["log_lines"];
  EXPECT_NE(lines.dump().find("fake engine"), std::string::npos) << lines;
}

TEST_F(Supervise, RestartsAnEngineThatIsKilled) {
  ASSERT_EQ(start("listen,ready").exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  const int first = status()["pid"];
  ::kill(first, SIGKILL);
  ASSERT_TRUE(eventually([&] { return status()["restarts"] == 1; }));
  ASSERT_EQ(wait().exit_status, 0);
  const Json now = status();
  EXPECT_NE(now["pid"], first);
  EXPECT_EQ(now["restarts"], 1);
  EXPECT_EQ(now["last_exit"], "killed by signal 9 (SIGKILL)");
}

TEST_F(Supervise, KeepsTheLastWordsOfADeadEngine) {
  ASSERT_EQ(start("exit=3").exit_status, 0);
  ASSERT_TRUE(eventually([&] { return status()["last_died"] != 0; }));
  const Json now = status();
  EXPECT_EQ(now["last_exit"], "exit status 3");
  ASSERT_FALSE(now["last_words"].empty());
  for (const auto& line : now["last_words"]) {
    EXPECT_TRUE(line.get<std::string>().starts_with("fake engine ")) << line;
  }
}

TEST_F(Supervise, TellsItsStatusOnASocketToo) {
  ASSERT_EQ(start("listen,ready").exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  const UniqueFd run(::open((dir_.path() + "/run/" + node_).c_str(), O_RDONLY | O_DIRECTORY));
  const auto line = ask_supervisor(run.get());
  ASSERT_TRUE(line) << line.error().message;
  EXPECT_EQ(Json::parse(*line), status());
  ASSERT_EQ(stop().exit_status, 0);
  EXPECT_FALSE(ask_supervisor(run.get()));
}

TEST_F(Supervise, BoundsWhatTheEngineMayTake) {
  ASSERT_EQ(start("listen,ready", {"--core", "0", "--oom-score-adj", "321"}).exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  const int pid = status()["pid"];
  rlimit limit{};
  ASSERT_EQ(::prlimit(pid, RLIMIT_CORE, nullptr, &limit), 0);
  EXPECT_EQ(limit.rlim_cur, 0u);
  const auto adjusted = read_small_file("/proc/" + std::to_string(pid) + "/oom_score_adj");
  ASSERT_TRUE(adjusted);
  EXPECT_EQ(*adjusted, "321\n");
}

TEST_F(Supervise, BoundsTheMemoryOfANodeByAControlGroup) {
  const std::string group = "/sys/fs/cgroup/memory/arcus";
  if (::geteuid() != 0 || ::access("/sys/fs/cgroup/memory", W_OK) != 0) {
    GTEST_SKIP() << "needs root and a memory controller";
  }
  ASSERT_EQ(start("listen,ready", {"--memory-max", "50000000"}).exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  const auto groups = read_small_file("/proc/" + status()["pid"].dump() + "/cgroup");
  ASSERT_TRUE(groups);
  EXPECT_NE(groups->find(":memory:/arcus/" + node_), std::string::npos) << *groups;
  ASSERT_EQ(stop().exit_status, 0);
  ::rmdir((group + "/" + node_).c_str());
}

TEST_F(Supervise, StopsForGood) {
  ASSERT_EQ(start("listen,ready").exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  const Json before = status();
  const auto stopped = stop();
  ASSERT_EQ(stopped.exit_status, 0) << stopped.text;
  EXPECT_EQ(stopped.json()["state"], "stopped");
  EXPECT_EQ(stopped.json()["wanted"], "down");
  EXPECT_EQ(stopped.json()["pid"], 0);
  EXPECT_EQ(stopped.json()["supervisor_alive"], false);
  EXPECT_EQ(stopped.json()["last_exit"], "killed by signal 15 (SIGTERM)");
  EXPECT_FALSE(alive({before["pid"], before["start_time"]}));
  EXPECT_EQ(wait("10").exit_status, 1) << "nothing will make it ready, so this returns at once";
}

TEST_F(Supervise, StoppingWhatDoesNotRunIsFine) {
  EXPECT_EQ(stop().exit_status, 0);
  EXPECT_FALSE(fs::exists(dir_.path() + "/run")) << "a node never started is not remembered";
  ASSERT_EQ(start("ready").exit_status, 0);
  ASSERT_EQ(stop().exit_status, 0);
  EXPECT_EQ(stop().exit_status, 0);
}

TEST_F(Supervise, KillsAnEngineThatIgnoresSigterm) {
  ASSERT_EQ(start("stubborn,ready").exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  const auto stopped = stop({"--grace", "0.3"});
  EXPECT_EQ(stopped.exit_status, 0);
  EXPECT_EQ(stopped.json()["last_exit"],
            "killed by signal 9 (SIGKILL); it did not end in time");
}

TEST_F(Supervise, AStartedNodeIsLeftAloneByASecondStart) {
  ASSERT_EQ(start("listen,ready").exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  const Json before = status();
  const auto again = start("exit=3");
  EXPECT_EQ(again.exit_status, 0);
  EXPECT_EQ(again.json()["already"], true);
  EXPECT_EQ(status(), before);
}

TEST_F(Supervise, TwoStartsAtOnceMakeOneEngine) {
  Answer first;
  Answer second;
  std::thread other([&] { first = start("listen,ready"); });
  second = start("listen,ready");
  other.join();
  EXPECT_EQ(first.exit_status, 0) << first.text;
  EXPECT_EQ(second.exit_status, 0) << second.text;
  EXPECT_NE(first.json()["already"], second.json()["already"]);
  EXPECT_EQ(first.json()["pid"], second.json()["pid"]);
  ASSERT_EQ(wait().exit_status, 0);
  EXPECT_EQ(status()["restarts"], 0);
}

TEST_F(Supervise, AnEngineOutlivesItsSupervisorAndIsAdopted) {
  ASSERT_EQ(start("listen,ready").exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  const Json before = status();
  ::kill(before["supervisor_pid"], SIGKILL);
  ASSERT_TRUE(eventually([&] { return status()["supervisor_alive"] == false; }));
  EXPECT_EQ(state(), "ready");
  EXPECT_EQ(status()["pid"], before["pid"]);

  const auto adopted = start("exit=3");
  EXPECT_EQ(adopted.exit_status, 0) << adopted.text;
  EXPECT_EQ(adopted.json()["adopted"], true);
  EXPECT_EQ(adopted.json()["pid"], before["pid"]);
  EXPECT_EQ(adopted.json()["state"], "ready");
  EXPECT_EQ(adopted.json()["since"], before["since"]);
  EXPECT_NE(adopted.json()["supervisor_pid"], before["supervisor_pid"]);

  // It is watched as one's own, and restarted with the options that it was started with.
  ::kill(before["pid"], SIGKILL);
  ASSERT_TRUE(eventually([&] { return status()["restarts"] == 1; }));
  EXPECT_EQ(wait().exit_status, 0);
}

TEST_F(Supervise, AnAdoptedEngineIsStopped) {
  ASSERT_EQ(start("listen,ready").exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  const Json before = status();
  ::kill(before["supervisor_pid"], SIGKILL);
  ASSERT_TRUE(eventually([&] { return status()["supervisor_alive"] == false; }));
  ASSERT_EQ(start("listen,ready").exit_status, 0);
  EXPECT_EQ(stop().exit_status, 0);
  EXPECT_FALSE(alive({before["pid"], before["start_time"]}));
}

TEST_F(Supervise, ReadinessIsNotLostWhenTheSupervisorDiesBeforeIt) {
  const std::string gate = dir_.path() + "/gate";
  ASSERT_EQ(start("late", {"--env", "FAKE_GATE=" + gate}).exit_status, 0);
  const Json before = status();
  EXPECT_EQ(before["state"], "starting");
  ::kill(before["supervisor_pid"], SIGKILL);
  ASSERT_TRUE(eventually([&] { return status()["supervisor_alive"] == false; }));
  std::ofstream(gate) << "go";
  ASSERT_TRUE(eventually([&] {  // the engine has said it, and closed its end
    return !fs::exists("/proc/" + std::to_string(before["pid"].get<int>()) + "/fd/3");
  }));
  ASSERT_EQ(start("exit=3").exit_status, 0);
  const auto waited = wait();
  EXPECT_EQ(waited.exit_status, 0) << waited.text;
  EXPECT_EQ(waited.json()["pid"], before["pid"]);
  EXPECT_EQ(waited.json()["session"], "0x1a2b");
}

TEST_F(Supervise, StopEndsAnEngineWithoutASupervisor) {
  ASSERT_EQ(start("listen,ready").exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  const Json before = status();
  ::kill(before["supervisor_pid"], SIGKILL);
  const auto stopped = stop();
  EXPECT_EQ(stopped.exit_status, 0) << stopped.text;
  EXPECT_EQ(stopped.json()["state"], "stopped");
  EXPECT_FALSE(alive({before["pid"], before["start_time"]}));
}

TEST_F(Supervise, GivesUpOnAnEngineThatExitsAtOnceUntilStartedAnew) {
  ASSERT_EQ(start("exit=3").exit_status, 0);
  const auto waited = wait("40");
  EXPECT_EQ(waited.exit_status, 1);
  EXPECT_EQ(waited.json()["state"], "given-up");
  EXPECT_EQ(waited.json()["last_exit"], "exit status 3");
  EXPECT_EQ(waited.json()["supervisor_alive"], true);

  const auto again = start("listen,ready");
  EXPECT_EQ(again.exit_status, 0) << again.text;
  EXPECT_EQ(again.json()["already"], false);
  EXPECT_EQ(wait().exit_status, 0) << "the new options count";
}

TEST_F(Supervise, SaysWhenTheProgramCannotBeExecuted) {
  engine_ = dir_.path() + "/missing";
  ASSERT_EQ(start("ready").exit_status, 0);
  const auto waited = wait("40");
  EXPECT_EQ(waited.json()["state"], "given-up");
  EXPECT_NE(waited.json()["last_exit"].get<std::string>().find("could not be executed"),
            std::string::npos);
}

TEST_F(Supervise, RetriesWithoutEndWhileThereIsNoEnsemble) {
  ASSERT_EQ(start("exit=76").exit_status, 0);
  ASSERT_TRUE(eventually([&] { return status()["failures"] >= 5; }));
  EXPECT_NE(state(), "given-up");
  EXPECT_EQ(status()["last_exit"], "exit status 76 (could not join ZooKeeper)");
  EXPECT_EQ(start("listen,ready").exit_status, 0);
  EXPECT_EQ(wait().exit_status, 0);
}

TEST_F(Supervise, SigtermToTheSupervisorEndsTheEngineButNotTheWish) {
  ASSERT_EQ(start("listen,ready").exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  const Json before = status();
  ::kill(before["supervisor_pid"], SIGTERM);
  ASSERT_TRUE(eventually([&] { return status()["supervisor_alive"] == false; }));
  EXPECT_FALSE(alive({before["pid"], before["start_time"]}));
  EXPECT_EQ(state(), "stopped");
  EXPECT_EQ(status()["wanted"], "up");
}

TEST_F(Supervise, SighupMakesItReadWhatIsWanted) {
  ASSERT_EQ(start("listen,ready").exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  ::kill(status()["supervisor_pid"], SIGHUP);
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(state(), "ready") << "up as it was";
  std::ofstream(dir_.path() + "/run/" + node_ + "/wanted") << "down\n";
  ::kill(status()["supervisor_pid"], SIGHUP);
  EXPECT_TRUE(eventually([&] { return state() == "stopped"; }));
}

TEST_F(Supervise, StopEndsANodeWhoseSupervisorHangs) {
  ASSERT_EQ(start("listen,ready").exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  const Json before = status();
  ::kill(before["supervisor_pid"], SIGSTOP);
  const auto stopped = stop({"--grace", "0"});
  EXPECT_EQ(stopped.exit_status, 0) << stopped.text;
  EXPECT_FALSE(alive({before["pid"], before["start_time"]}));
}

TEST_F(Supervise, StatusIsNotFooledByDeadProcesses) {
  ASSERT_EQ(start("listen,ready").exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  const Json before = status();
  ::kill(before["supervisor_pid"], SIGKILL);
  ::kill(before["pid"], SIGKILL);
  ASSERT_TRUE(eventually([&] { return state() == "stopped"; }));
  EXPECT_EQ(status()["pid"], 0);
  EXPECT_EQ(status()["wanted"], "up");
  EXPECT_EQ(wait().exit_status, 1);
}
}  // namespace
}  // namespace arcus::daemon
