#include "core/report/outcomes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace arcus::report {
namespace {

using plan::Outcome;
using plan::State;
using ::testing::HasSubstr;
using ::testing::Not;

Outcome outcome(const std::string& host, const std::string& title, State state,
                const std::string& detail = "", int milliseconds = 10) {
  Outcome outcome;
  outcome.host = host;
  outcome.title = title;
  outcome.state = state;
  outcome.detail = detail;
  outcome.elapsed = std::chrono::milliseconds(milliseconds);
  return outcome;
}

std::string text_of(const Result& result) {
  return result_text("deploy", result, {});
}

TEST(ResultText, CountsHostsNotSteps) {
  const Result result{
      {{"deploy",
        {outcome("a", "send", State::kDone), outcome("a", "install", State::kDone),
         outcome("b", "send", State::kUnchanged), outcome("c", "send", State::kDone)}}},
      {}};
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(text_of(result), "deploy: ok (2 hosts done, 1 unchanged)\n");
}

TEST(ResultText, LookingAtAHostChangesNothing) {
  Outcome seen = outcome("a", "look", State::kDone);
  seen.looks_only = true;
  const Result result{{{"probe", {seen}}, {"deploy", {outcome("a", "send", State::kUnchanged)}}},
                      {}};
  EXPECT_EQ(text_of(result), "deploy: ok (1 unchanged)\n");
}

TEST(ResultText, AHostIsDoneWhenOneOfItsStepsWas) {
  const Result result{
      {{"start", {outcome("a", "x", State::kUnchanged), outcome("a", "y", State::kDone)}}}, {}};
  EXPECT_EQ(text_of(result), "deploy: ok (1 host done)\n");
}

TEST(ResultText, NamesEveryHostThatFailedWithItsReason) {
  const Result result{{{"deploy",
                        {outcome("a", "send 1.0", State::kFailed, "the disk is full\nof something"),
                         outcome("a", "install 1.0", State::kNotRun, "an earlier step failed"),
                         outcome("b", "send 1.0", State::kDone),
                         outcome("c", "send 1.0", State::kFailed, "connection refused")}}},
                      {{"d", "the host lacks tar"}}};
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(text_of(result),
            "deploy: failed (1 host done, 3 failed)\n"
            "  a: send 1.0: the disk is full\n"
            "      of something\n"
            "  c: send 1.0: connection refused\n"
            "  d: the host lacks tar\n");
}

TEST(ResultText, AHostWithSeveralFailuresTellsThemAllAndCountsOnce) {
  const Result result{{{"start",
                        {outcome("a", "start 1", State::kFailed, "one"),
                         outcome("a", "start 2", State::kFailed, "two")}}},
                      {}};
  EXPECT_EQ(text_of(result), "deploy: failed (1 failed)\n  a: start 1: one\n  a: start 2: two\n");
}

TEST(ResultText, TheEnsembleIsNoHostUnlessItFails) {
  EXPECT_EQ(text_of({{{"register", {outcome("", "write", State::kDone)}}}, {}}), "deploy: ok\n");
  EXPECT_EQ(text_of({{{"register", {outcome("", "write", State::kFailed, "no quorum")}}}, {}}),
            "deploy: failed (1 failed)\n  ensemble: write: no quorum\n");
}

TEST(ResultText, SaysWhenTheOperatorStoppedIt) {
  const Result result{{{"deploy",
                        {outcome("a", "send", State::kCancelled, "stopped by the operator"),
                         outcome("a", "install", State::kNotRun)}}},
                      {}};
  EXPECT_TRUE(result.cancelled());
  EXPECT_THAT(text_of(result), HasSubstr("deploy: stopped by the operator (1 failed)\n"));
}

TEST(ResultText, IsPaintedOnlyWhenAskedTo) {
  const Result failed{{}, {{"a", "no"}}};
  EXPECT_THAT(text_of(failed), Not(HasSubstr("\033")));
  EXPECT_EQ(result_text("deploy", failed, {true}),
            "deploy: \033[31mfailed\033[0m (1 failed)\n  \033[31ma\033[0m: no\n");
}

TEST(OutcomeLine, TellsStateHostStepTimeAndReason) {
  EXPECT_EQ(outcome_line(outcome("a", "start x", State::kDone, "", 1234), {}),
            "done      a: start x (1.2 s)");
  EXPECT_EQ(outcome_line(outcome("", "see it", State::kUnchanged), {}),
            "unchanged ensemble: see it");
  EXPECT_EQ(outcome_line(outcome("a", "start x", State::kFailed, "port taken\nby z"), {}),
            "FAILED    a: start x\n          port taken\n          by z");
}

TEST(ResultJson, HasEveryStepAndEveryRefusal) {
  const Result result{{{"deploy",
                        {outcome("a", "send", State::kFailed, "no room", 1500),
                         outcome("", "write", State::kNotRun)}}},
                      {{"b", "no tar"}}};
  EXPECT_EQ(result_json("deploy", result), nlohmann::ordered_json::parse(R"({
    "command": "deploy", "ok": false, "cancelled": false,
    "refused": [{"host": "b", "reason": "no tar"}],
    "steps": [
      {"phase": "deploy", "host": "a", "step": "send", "state": "failed", "milliseconds": 1500,
       "reason": "no room"},
      {"phase": "deploy", "host": "ensemble", "step": "write", "state": "not run",
       "milliseconds": 10}]})"));
}

}  // namespace
}  // namespace arcus::report
