// Command pipelining, driven as a command does that takes part.
#include "daemon/command/pipe.h"

#include <string>

#include "tests/daemon/command/command_fixture.h"

namespace arcus::daemon {
namespace {

class PipeTest : public CommandTest {
 protected:
  // A command that is carried out and has that answer; what is said to the client.
  std::string run(const std::string& last_word, const std::string& text) {
    Call call = make_call();
    const Ending ending = ending_of(last_word);
    if (!may_run(call, ending)) return "not run: " + said();
    EXPECT_EQ(answer(call, ending, text), Progress::kDone);
    return said();
  }
  // One that did not get as far as being carried out.
  std::string fail(const std::string& last_word, const std::string& text) {
    Call call = make_call();
    answer(call, ending_of(last_word), text);
    return said();
  }
  std::string said() {
    const std::size_t size = reply_.pending();
    iovec piece{};
    const std::string text = reply_.gather(&piece, 1) == 0
                                 ? ""
                                 : std::string(static_cast<const char*>(piece.iov_base), size);
    reply_.sent(size);
    return text;
  }
  Call make_call() { return Call{engine_, stats_, engine_.now(), reply_, session_}; }

  ThreadStats& stats_ = engine_.new_thread_stats();
  Session session_;
  Reply reply_;
};

TEST_F(PipeTest, AlonePassesOnWhatIsSaid) {
  EXPECT_EQ(run("5", "STORED\r\n"), "STORED\r\n");
  EXPECT_EQ(run("noreply", "STORED\r\n"), "");
  EXPECT_EQ(session_.pipe(), nullptr);
}

TEST_F(PipeTest, TellsAllAnswersWithTheLastOne) {
  EXPECT_EQ(run("pipe", "STORED\r\n"), "");
  EXPECT_EQ(run("pipe", "NOT_FOUND\r\n"), "");
  EXPECT_EQ(run("", "DELETED\r\n"),
            "RESPONSE 3\r\nSTORED\r\nNOT_FOUND\r\nDELETED\r\nEND\r\n");
  EXPECT_EQ(session_.pipe(), nullptr);
  EXPECT_EQ(run("", "DELETED\r\n"), "DELETED\r\n");
}

TEST_F(PipeTest, KeepsTheAnswerOfOneThatWantsNoReply) {
  EXPECT_EQ(run("pipe", "STORED\r\n"), "");
  EXPECT_EQ(run("noreply", "STORED\r\n"), "");
  EXPECT_EQ(run("", "EXIST\r\n"), "RESPONSE 3\r\nSTORED\r\nSTORED\r\nEXIST\r\nEND\r\n");
}

TEST_F(PipeTest, StopsAtASevereErrorAndPassesOverTheRest) {
  EXPECT_EQ(run("pipe", "STORED\r\n"), "");
  EXPECT_EQ(run("pipe", "CLIENT_ERROR bad data chunk\r\n"),
            "RESPONSE 2\r\nSTORED\r\nCLIENT_ERROR bad data chunk\r\nPIPE_ERROR bad error\r\n");
  EXPECT_EQ(run("pipe", "STORED\r\n"), "not run: ");
  EXPECT_EQ(run("noreply", "STORED\r\n"), "not run: ");
  EXPECT_EQ(run("", "STORED\r\n"), "not run: ");
  EXPECT_EQ(run("", "STORED\r\n"), "STORED\r\n");
}

TEST_F(PipeTest, IsOverAtOnceWhenTheLastOneFails) {
  EXPECT_EQ(run("pipe", "STORED\r\n"), "");
  EXPECT_EQ(run("", "SERVER_ERROR out of memory\r\n"),
            "RESPONSE 2\r\nSTORED\r\nSERVER_ERROR out of memory\r\nPIPE_ERROR bad error\r\n");
  EXPECT_EQ(run("", "STORED\r\n"), "STORED\r\n");
}

TEST_F(PipeTest, TakesFiveHundredCommands) {
  std::string expected = "RESPONSE 500\r\n";
  for (int i = 0; i < 499; ++i) {
    EXPECT_EQ(run("pipe", "STORED\r\n"), "");
    expected += "STORED\r\n";
  }
  EXPECT_EQ(run("", "STORED\r\n"), expected + "STORED\r\nEND\r\n");
}

TEST_F(PipeTest, TakesNoMore) {
  std::string expected = "RESPONSE 500\r\n";
  for (int i = 0; i < 499; ++i) {
    EXPECT_EQ(run("pipe", "STORED\r\n"), "");
    expected += "STORED\r\n";
  }
  EXPECT_EQ(run("pipe", "STORED\r\n"), expected + "STORED\r\nPIPE_ERROR command overflow\r\n");
  EXPECT_EQ(run("pipe", "STORED\r\n"), "not run: ");
  EXPECT_EQ(run("", "STORED\r\n"), "not run: ");
}

TEST_F(PipeTest, LeavesOutTheAnswerThatNoLongerFits) {
  const std::string half(Pipe::kMostBytes / 2, 'x');
  EXPECT_EQ(run("pipe", half), "");
  EXPECT_EQ(run("pipe", half), "RESPONSE 1\r\n" + half + "PIPE_ERROR memory overflow\r\n");
}

TEST_F(PipeTest, IsForgottenWhenAnotherCommandFailsInTheRestOfIt) {
  EXPECT_EQ(run("pipe", "ERROR unknown\r\n"),
            "RESPONSE 1\r\nERROR unknown\r\nPIPE_ERROR bad error\r\n");
  EXPECT_EQ(fail("", "CLIENT_ERROR bad command line format\r\n"),
            "CLIENT_ERROR bad command line format\r\n");
  EXPECT_EQ(run("", "STORED\r\n"), "STORED\r\n");
}

}  // namespace
}  // namespace arcus::daemon
