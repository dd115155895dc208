#include "core/exec/executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>

namespace arcus::exec {
namespace {

using plan::OnFailure;
using plan::State;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// What every fake host was told, and what it answers: by a word that the script holds.
struct World {
  std::map<std::string, CommandResult> answers;  // "host word" or "word"
  std::set<std::string> dead;                    // hosts that can't be reached
  std::mutex mutex;
  std::vector<std::string> ran;  // "host word"

  void note(const std::string& what) {
    const std::lock_guard lock(mutex);
    ran.push_back(what);
  }
};

class FakeTransport : public Transport {
 public:
  FakeTransport(std::string host, World& world) : host_(std::move(host)), world_(world) {}

  Status connect() override {
    if (world_.dead.count(host_) == 0) return {};
    return Error{ErrorCode::kUnreachable, "no route to " + host_, true};
  }
  Result<CommandResult> run(const Command& command) override {
    const auto begin = command.script.find("WORD='") + 6;
    const auto word = command.script.substr(begin, command.script.find('\'', begin) - begin);
    world_.note(host_ + " " + word);
    for (const auto& key : {host_ + " " + word, word}) {
      const auto answer = world_.answers.find(key);
      if (answer != world_.answers.end()) return answer->second;
    }
    return Error{ErrorCode::kInternal, "unexpected: " + word, false};
  }
  Status upload(const Upload&) override { return {}; }
  std::string login_user() const override { return "root"; }

 private:
  std::string host_;
  World& world_;
};

plan::Step step(const std::string& host, const std::string& word, std::string subject = {}) {
  return {host, word, plan::RunScript{{"deploy_cleanup", {{"WORD", word}}}}, std::move(subject)};
}

class ExecutorTest : public testing::Test {
 protected:
  plan::Report run(const plan::Plan& plan) {
    ExecutorOptions options;
    options.connect = [this](const std::string& host) {
      return Result<std::unique_ptr<Transport>>(std::make_unique<FakeTransport>(host, world_));
    };
    options.cancel = &cancel_;
    options.on_progress = [this](const Progress& progress) {
      progress_.push_back(progress.stage + ": " + std::to_string(progress.hosts_done) + " of " +
                          std::to_string(progress.hosts));
    };
    Executor executor(std::move(options));
    return executor.run(plan);
  }

  static std::vector<State> states(const plan::Report& report) {
    std::vector<State> states;
    for (const auto& outcome : report.outcomes) states.push_back(outcome.state);
    return states;
  }

  World world_;
  Cancel cancel_;
  std::vector<std::string> progress_;
};

TEST_F(ExecutorTest, ShowsAStageBeforeItsFirstStepHasEnded) {
  world_.answers["one"] = {0, "", ""};
  run({"t", {{"s", {step("a", "one")}, OnFailure::kHost}}, {}});
  EXPECT_THAT(progress_, ElementsAre("s: 0 of 1", "s: 0 of 1", "s: 1 of 1"));
}

TEST_F(ExecutorTest, ReadsFactsAndStates) {
  world_.answers["one"] = {0, "@dir /opt/arcus\nhello\n", ""};
  world_.answers["two"] = {plan::kExitUnchanged, "", ""};
  const auto report =
      run({"t", {{"s", {step("a", "one"), step("a", "two")}, OnFailure::kHost}}, {}});
  EXPECT_THAT(states(report), ElementsAre(State::kDone, State::kUnchanged));
  EXPECT_EQ(report.outcomes[0].facts.find("dir")->second, "/opt/arcus");
  EXPECT_EQ(report.outcomes[0].output, "hello\n");
  EXPECT_TRUE(report.ok());
}

TEST_F(ExecutorTest, AFailedHostStopsAndTheOthersGoOn) {
  world_.answers["one"] = {0, "", ""};
  world_.answers["a one"] = {1, "", "disk full\n"};
  world_.answers["two"] = {0, "", ""};
  const auto report = run({"t",
                           {{"s1", {step("a", "one"), step("b", "one")}, OnFailure::kHost},
                            {"s2", {step("a", "two"), step("b", "two")}, OnFailure::kHost}},
                           {}});
  EXPECT_THAT(states(report),
              ElementsAre(State::kFailed, State::kDone, State::kNotRun, State::kDone));
  EXPECT_EQ(report.outcomes[0].detail, "disk full");
  EXPECT_THAT(world_.ran, UnorderedElementsAre("a one", "b one", "b two"));
}

TEST_F(ExecutorTest, ADeadHostIsNamedWithItsReason) {
  world_.dead = {"a"};
  const auto report = run({"t", {{"s", {step("a", "one")}, OnFailure::kHost}}, {}});
  EXPECT_EQ(report.outcomes[0].code, ErrorCode::kUnreachable);
  EXPECT_EQ(report.outcomes[0].detail, "no route to a");
}

TEST_F(ExecutorTest, WithKStepOnlyTheSameSubjectIsDropped) {
  world_.answers["start1"] = {1, "", "no"};
  world_.answers["start2"] = {0, "", ""};
  world_.answers["wait2"] = {0, "", ""};
  const auto report =
      run({"t",
           {{"s1", {step("a", "start1", "n1"), step("a", "start2", "n2")}, OnFailure::kStep},
            {"s2", {step("a", "wait1", "n1"), step("a", "wait2", "n2")}, OnFailure::kStep}},
           {}});
  EXPECT_THAT(states(report),
              ElementsAre(State::kFailed, State::kDone, State::kNotRun, State::kDone));
}

TEST_F(ExecutorTest, KAllEndsThePlanAtTheFirstFailure) {
  world_.answers["one"] = {0, "", ""};
  world_.answers["a one"] = {1, "", "no"};
  const auto report = run({"t",
                           {{"s1", {step("a", "one"), step("b", "one")}, OnFailure::kAll},
                            {"s2", {step("b", "two")}, OnFailure::kAll}},
                           {}});
  EXPECT_EQ(report.outcomes[2].state, State::kNotRun);
}

TEST_F(ExecutorTest, KQuorumGoesOnWhileAMajorityIsLeft) {
  world_.answers["one"] = {0, "", ""};
  world_.answers["two"] = {0, "", ""};
  world_.dead = {"c"};
  const plan::Plan plan{
      "t",
      {{"s1", {step("a", "one"), step("b", "one"), step("c", "one")}, OnFailure::kQuorum},
       {"s2", {step("a", "two")}, OnFailure::kAll}},
      {}};
  EXPECT_EQ(run(plan).outcomes[3].state, State::kDone);
  world_.dead = {"b", "c"};
  EXPECT_EQ(run(plan).outcomes[3].state, State::kNotRun);
}

TEST_F(ExecutorTest, CleansUpOnHostsThatBeganAndDidNotFinish) {
  world_.answers["one"] = {0, "", ""};
  world_.answers["two"] = {0, "", ""};
  world_.answers["b two"] = {1, "", "no"};
  world_.answers["clean"] = {0, "", ""};
  world_.dead = {"c"};
  run({"t",
       {{"s1", {step("a", "one"), step("b", "one"), step("c", "one")}, OnFailure::kHost},
        {"s2", {step("a", "two"), step("b", "two"), step("c", "two")}, OnFailure::kHost}},
       {step("a", "clean"), step("b", "clean"), step("c", "clean")}});
  EXPECT_THAT(world_.ran, UnorderedElementsAre("a one", "b one", "a two", "b two", "b clean"));
}

TEST_F(ExecutorTest, ACancelLeavesTheRestUndoneAndSaysSo) {
  cancel_.request();
  const auto report = run({"t", {{"s", {step("a", "one")}, OnFailure::kHost}}, {}});
  EXPECT_THAT(states(report), ElementsAre(State::kCancelled));
  EXPECT_TRUE(report.cancelled());
  EXPECT_THAT(world_.ran, IsEmpty());
}

}  // namespace
}  // namespace arcus::exec
