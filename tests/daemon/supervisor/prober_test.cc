#include "daemon/supervisor/prober.h"

#include <gtest/gtest.h>

namespace arcus::daemon {
namespace {

using namespace std::chrono_literals;
using Verdict = Probe::Verdict;
using Finding = Prober::Finding;

const Clock::Steady kThen = Clock::Steady{} + 1h;

Verdict judge(std::string_view answer) {
  std::string trouble;
  return judge_answer(answer, "7-1", trouble);
}

TEST(JudgeAnswer, IsGoodWhenTheValueComesBack) {
  EXPECT_EQ(judge("STORED\r\nVALUE k 0 3\r\n7-1\r\nEND\r\nREADY\r\n"), Verdict::kGood);
}

TEST(JudgeAnswer, WaitsForAllOfIt) {
  const std::string whole = "STORED\r\nVALUE k 0 3\r\n7-1\r\nEND\r\nREADY\r\n";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(judge(whole.substr(0, size)), Verdict::kPending) << size;
  }
}

TEST(JudgeAnswer, TellsAnEngineThatIsOutOfItsCloud) {
  EXPECT_EQ(judge("STORED\r\nVALUE k 0 3\r\n7-1\r\nEND\r\nNOT_READY\r\n"), Verdict::kNotReady);
}

TEST(JudgeAnswer, TakesAnEngineThatKnowsNoReady) {
  EXPECT_EQ(judge("STORED\r\nVALUE k 0 3\r\n7-1\r\nEND\r\nERROR\r\n"), Verdict::kGood);
}

TEST(JudgeAnswer, AWrongValueIsBad) {
  EXPECT_EQ(judge("STORED\r\nVALUE k 0 3\r\n7-0\r\nEND\r\nREADY\r\n"), Verdict::kBad);
  EXPECT_EQ(judge("HTTP/1.1 400 Bad Request\r\n"), Verdict::kBad);
}

TEST(JudgeAnswer, AFullEngineOrAFlushedOneIsNotAtFault) {
  EXPECT_EQ(judge("SERVER_ERROR out of memory storing object\r\n"), Verdict::kGood);
  const std::string refused = "CLIENT_ERROR unauthorized\r\nCLIENT_ERROR unauthorized\r\n";
  EXPECT_EQ(judge(refused), Verdict::kPending);
  EXPECT_EQ(judge(refused + "READY\r\n"), Verdict::kGood);
  EXPECT_EQ(judge(refused + "NOT_READY\r\n"), Verdict::kNotReady);
  EXPECT_EQ(judge("STORED\r\nEND\r\nREADY\r\n"), Verdict::kGood);
}

class ProberTest : public ::testing::Test {
 protected:
  void SetUp() override { prober_.watch(kThen); }
  Prober prober_{"127.0.0.1:11211", 10s};
};

TEST_F(ProberTest, ProbesAtOnceAndThenEveryFifthOfTheHang) {
  EXPECT_EQ(prober_.next(), kThen);
  EXPECT_EQ(prober_.judge(Verdict::kGood, kThen + 1s), Finding::kPassed);
  EXPECT_EQ(prober_.next(), kThen + 3s);
}

TEST_F(ProberTest, HangsOnlyAfterTheWholeTimeAndTwoFailures) {
  EXPECT_EQ(prober_.judge(Verdict::kBad, kThen + 11s), Finding::kFailed);
  EXPECT_EQ(prober_.judge(Verdict::kBad, kThen + 12s), Finding::kHung);
  prober_.watch(kThen);
  for (int i = 1; i < 10; ++i) {
    EXPECT_EQ(prober_.judge(Verdict::kBad, kThen + i * 1s), Finding::kFailed);
  }
  EXPECT_EQ(prober_.judge(Verdict::kBad, kThen + 10s), Finding::kHung);
}

TEST_F(ProberTest, AGoodAnswerForgivesTheFailuresBefore) {
  EXPECT_EQ(prober_.judge(Verdict::kBad, kThen + 9s), Finding::kFailed);
  EXPECT_EQ(prober_.judge(Verdict::kGood, kThen + 9500ms), Finding::kPassed);
  EXPECT_EQ(prober_.judge(Verdict::kBad, kThen + 19s), Finding::kFailed);
  EXPECT_EQ(prober_.judge(Verdict::kBad, kThen + 19400ms), Finding::kFailed);
}

TEST_F(ProberTest, WhoWasKeptFromRunningBlamesNobody) {
  EXPECT_EQ(prober_.judge(Verdict::kBad, kThen + 1s), Finding::kFailed);
  (void)prober_.on_time(kThen + 60s);
  EXPECT_EQ(prober_.judge(Verdict::kBad, kThen + 61s), Finding::kFailed);
  EXPECT_EQ(prober_.judge(Verdict::kBad, kThen + 62s), Finding::kFailed);
}

TEST_F(ProberTest, OutOfTheCloudIsTakenForLeftAfterTheSameTime) {
  EXPECT_EQ(prober_.judge(Verdict::kNotReady, kThen + 1s), Finding::kNotReady);
  EXPECT_EQ(prober_.judge(Verdict::kNotReady, kThen + 10s), Finding::kNotReady);
  EXPECT_EQ(prober_.judge(Verdict::kNotReady, kThen + 11s), Finding::kLeft);
  EXPECT_EQ(prober_.judge(Verdict::kGood, kThen + 12s), Finding::kPassed);
  EXPECT_EQ(prober_.judge(Verdict::kNotReady, kThen + 13s), Finding::kNotReady);
}

TEST_F(ProberTest, WithoutAnAddressNothingIsProbed) {
  Prober none("", 10s);
  none.watch(kThen);
  EXPECT_FALSE(none.configured());
  EXPECT_FALSE(none.next());
}

}  // namespace
}  // namespace arcus::daemon
