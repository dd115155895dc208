// What a supervisor sees by asking its engine, and the wishes besides up and down.
#include <fstream>

#include "tests/daemon/supervisor/supervise_fixture.h"

namespace arcus::daemon {
namespace {

class Probed : public Supervise {
 protected:
  Words probing(const std::string& hang = "0.5", Words more = {}) {
    Words words = {"--probe", node_, "--hang", hang};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  bool is(const std::string& wanted_state) {
    return eventually([&] { return state() == wanted_state; });
  }
  Answer verb(const std::string& name) {
    return call({name, "--dir", dir_.path(), "--node", node_});
  }
};

TEST_F(Probed, IsReadyOnceItSaidSoAndAnswers) {
  ASSERT_EQ(start("listen,ready,serve", probing()).exit_status, 0);
  EXPECT_EQ(wait().exit_status, 0);
  EXPECT_EQ(status()["trouble"], "");
}

TEST_F(Probed, IsNotReadyWhenItOnlySaysSo) {
  ASSERT_EQ(start("listen,ready", probing("0.5", {"--start-limit", "0.6"})).exit_status, 0);
  ASSERT_TRUE(eventually([&] { return status()["restarts"] == 1; }));
  EXPECT_EQ(status()["last_exit"], "killed by signal 9 (SIGKILL); it was not ready in time");
}

TEST_F(Probed, IsNotReadyOutOfItsCloud) {
  const std::string gate = dir_.path() + "/gate";
  std::ofstream(gate).close();
  ASSERT_EQ(start("listen,ready,serve", probing("5", {"--env", "FAKE_GATE=" + gate})).exit_status,
            0);
  ASSERT_TRUE(eventually([&] { return status()["trouble"] != ""; }));
  EXPECT_EQ(state(), "starting");
  fs::remove(gate);
  EXPECT_EQ(wait().exit_status, 0);
}

TEST_F(Probed, KillsAndReplacesAnEngineThatHangs) {
  ASSERT_EQ(start("listen,ready,serve", probing()).exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  const int first = status()["pid"];
  ::kill(first, SIGSTOP);
  ASSERT_TRUE(eventually([&] { return status()["restarts"] == 1; }));
  ASSERT_EQ(wait().exit_status, 0);
  EXPECT_NE(status()["pid"], first);
  EXPECT_EQ(status()["last_exit"], "killed by signal 9 (SIGKILL); it hung: no answer");
}

TEST_F(Probed, AnEngineThatAnswersAgainIsForgiven) {
  ASSERT_EQ(start("listen,ready,serve", probing("4")).exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  const int first = status()["pid"];
  ::kill(first, SIGSTOP);
  ASSERT_TRUE(is("failing"));
  EXPECT_EQ(status()["trouble"], "no answer");
  ::kill(first, SIGCONT);
  ASSERT_TRUE(is("ready"));
  EXPECT_EQ(status()["pid"], first);
  EXPECT_EQ(status()["trouble"], "");
}

TEST_F(Probed, ANewSupervisorGoesOnProbing) {
  ASSERT_EQ(start("listen,ready,serve", probing()).exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  const Json before = status();
  ::kill(before["supervisor_pid"], SIGKILL);
  ASSERT_TRUE(eventually([&] { return status()["supervisor_alive"] == false; }));
  ASSERT_EQ(start("exit=3").json()["adopted"], true);
  ::kill(before["pid"], SIGSTOP);
  ASSERT_TRUE(eventually([&] { return status()["restarts"] == 1; }));
  EXPECT_EQ(wait().exit_status, 0);
}

TEST_F(Probed, AForeignEngineIsReadyOnceItAnswersSo) {
  const std::string gate = dir_.path() + "/gate";
  std::ofstream(gate).close();
  ASSERT_EQ(start("listen,serve",
                  probing("0.5", {"--engine", "foreign", "--env", "FAKE_GATE=" + gate}))
                .exit_status,
            0);
  ASSERT_TRUE(eventually([&] { return status()["trouble"] != ""; }));
  EXPECT_EQ(state(), "starting") << "it listens before it has joined";
  fs::remove(gate);
  ASSERT_EQ(wait().exit_status, 0);
  EXPECT_EQ(status()["restarts"], 0);

  // Somebody removed its znode: it lives on, and would for ever.
  std::ofstream(gate).close();
  ASSERT_TRUE(eventually([&] { return status()["restarts"] == 1; }));
  fs::remove(gate);
  EXPECT_EQ(wait().exit_status, 0);
  EXPECT_EQ(status()["last_exit"], "killed by signal 15 (SIGTERM); it was out of its cloud");
}

TEST_F(Probed, OursIsLeftOutOfItsCloudIfItStays) {
  const std::string gate = dir_.path() + "/gate";
  ASSERT_EQ(start("listen,ready,serve", probing("0.3", {"--env", "FAKE_GATE=" + gate})).exit_status,
            0);
  ASSERT_EQ(wait().exit_status, 0);
  std::ofstream(gate).close();
  ASSERT_TRUE(is("failing"));
  std::this_thread::sleep_for(700ms);  // twice the time after which a foreign one would be ended
  EXPECT_EQ(status()["restarts"], 0) << "it was told not to fail-stop, and waits for a rejoin";
}

TEST_F(Probed, OnceIsNotStartedAgain) {
  ASSERT_EQ(start("listen,ready", {"--once"}).exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  EXPECT_EQ(status()["wanted"], "once");
  ::kill(status()["pid"], SIGKILL);
  ASSERT_TRUE(is("stopped"));
  EXPECT_EQ(status()["last_exit"], "killed by signal 9 (SIGKILL)");
  ASSERT_TRUE(eventually([&] { return status()["supervisor_alive"] == false; }));
}

TEST_F(Probed, APausedNodeIsLeftAloneUntilItIsResumed) {
  ASSERT_EQ(start("listen,ready,serve", probing()).exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  EXPECT_EQ(verb("pause").json()["wanted"], "paused");
  const int first = status()["pid"];
  ::kill(first, SIGSTOP);
  ASSERT_TRUE(is("failing"));
  ::kill(first, SIGKILL);
  ASSERT_TRUE(is("backing-off"));
  EXPECT_EQ(status()["retry_at"], 0.0);
  EXPECT_EQ(status()["restarts"], 0);
  EXPECT_EQ(verb("resume").json()["wanted"], "up");
  EXPECT_EQ(wait().exit_status, 0);
  EXPECT_EQ(status()["restarts"], 1);
}

TEST_F(Probed, StartResumesAPausedNode) {
  ASSERT_EQ(start("listen,ready").exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  const int first = status()["pid"];
  ASSERT_EQ(verb("pause").exit_status, 0);
  EXPECT_EQ(start("exit=3").json()["already"], true);
  EXPECT_EQ(status()["wanted"], "up");
  EXPECT_EQ(status()["pid"], first);
}

TEST_F(Probed, OnlyANodeThatRunsCanBePaused) {
  EXPECT_EQ(verb("pause").exit_status, 1);
  ASSERT_EQ(start("listen,ready").exit_status, 0);
  ASSERT_EQ(stop().exit_status, 0);
  EXPECT_EQ(verb("pause").exit_status, 1);
  EXPECT_EQ(verb("resume").exit_status, 1);
  EXPECT_EQ(status()["wanted"], "down");
}

TEST_F(Probed, BootStartsWhatWasWantedUpAndIsEnabled) {
  // As after a power failure: nobody was told to go.
  const auto lose_power = [&] {
    ::kill(status()["supervisor_pid"], SIGKILL);
    ::kill(status()["pid"], SIGKILL);
    ASSERT_TRUE(eventually([&] { return state() == "stopped"; }));
  };
  ASSERT_EQ(start("listen,ready").exit_status, 0);
  ASSERT_EQ(wait().exit_status, 0);
  lose_power();
  EXPECT_EQ(call({"boot", "--dir", dir_.path()}).text, "") << "its cloud is not enabled";
  fs::create_directories(dir_.path() + "/boot");
  std::ofstream(dir_.path() + "/boot/svc").close();
  EXPECT_EQ(call({"boot", "--dir", dir_.path()}).exit_status, 0);
  EXPECT_EQ(wait().exit_status, 0);
  ASSERT_EQ(stop().exit_status, 0);
  EXPECT_EQ(call({"boot", "--dir", dir_.path()}).text, "") << "it is wanted down";
  EXPECT_EQ(state(), "stopped");
}

}  // namespace
}  // namespace arcus::daemon
