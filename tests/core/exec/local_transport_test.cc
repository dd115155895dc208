#include "core/exec/local_transport.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

namespace arcus::exec {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class LocalTransportTest : public testing::Test {
 protected:
  LocalTransportTest() {
    char name[] = "/tmp/arcus-local-XXXXXX";
    folder_ = ::mkdtemp(name);
  }
  ~LocalTransportTest() override { std::filesystem::remove_all(folder_); }

  CommandResult run(const std::string& script) {
    Result<CommandResult> result = transport_.run({.script = script});
    EXPECT_TRUE(result.ok()) << result.error().message;
    return result.ok() ? *result : CommandResult{};
  }

  std::string folder_;
  Cancel cancel_;
  LocalTransport transport_{cancel_};
};

TEST_F(LocalTransportTest, KeepsExitStatusAndBothOutputsApart) {
  const CommandResult result = run("echo out; echo err >&2; exit 3");
  EXPECT_EQ(result.exit_status, 3);
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
}

TEST_F(LocalTransportTest, FeedsAScriptLargerThanAnyPipe) {
  const std::string script = ": " + std::string(1 << 20, 'x') + "\necho done";
  EXPECT_EQ(run(script).out, "done\n");
}

TEST_F(LocalTransportTest, SurvivesAScriptThatDoesNotReadItsEnd) {
  EXPECT_EQ(run("exec 0</dev/null; exit 4\n" + std::string(1 << 20, '#')).exit_status, 4);
}

TEST_F(LocalTransportTest, GivesTheScriptsCommandsAnEmptyStandardInput) {
  EXPECT_EQ(run("cat; echo after").out, "after\n");
}

TEST_F(LocalTransportTest, RunsNothingOfAScriptThatDoesNotParseToItsEnd) {
  const std::string file = folder_ + "/touched";
  EXPECT_NE(run("touch " + file + "; if true; then").exit_status, 0);
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(LocalTransportTest, CapsOutput) {
  const CommandResult result = run("head -c 6000000 /dev/zero");
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_EQ(result.out.size(), kMaxOutput);
}

TEST_F(LocalTransportTest, ReportsASignal) {
  EXPECT_EQ(run("kill -KILL $$").exit_status, 137);
}

TEST_F(LocalTransportTest, DoesNotWaitForADaemonThatHoldsThePipes) {
  const auto before = steady_clock::now();
  const CommandResult result = run("sleep 20 & echo $!");
  EXPECT_LT(steady_clock::now() - before, milliseconds(5000));
  ASSERT_FALSE(result.out.empty());
  EXPECT_EQ(::kill(std::stoi(result.out), SIGKILL), 0) << "the daemon should still be there";
}

TEST_F(LocalTransportTest, StopsTheWholeGroupAtTheTimeout) {
  const std::string file = folder_ + "/pid";
  const auto before = steady_clock::now();
  const Result<CommandResult> result = transport_.run(
      {.script = "sleep 30 & echo $! > " + file + "; wait", .timeout = milliseconds(300)});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kTimeout);
  EXPECT_LT(steady_clock::now() - before, milliseconds(2500));
  const int pid = std::stoi(read_file(file));
  for (int i = 0; i < 100 && ::kill(pid, 0) == 0; ++i) {
    if (read_file("/proc/" + std::to_string(pid) + "/stat").find(") Z ") != std::string::npos) {
      return;  // ended; its reaper is not us
    }
    std::this_thread::sleep_for(milliseconds(10));
  }
  EXPECT_NE(::kill(pid, 0), 0);
}

TEST_F(LocalTransportTest, KillsWhatIgnoresTerm) {
  const Result<CommandResult> result = transport_.run(
      {.script = "trap '' TERM; while :; do sleep 0.1; done", .timeout = milliseconds(100)});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kTimeout);
}

TEST_F(LocalTransportTest, EndsEarlyWhenCancelledFromAnotherThread) {
  std::thread other([this] {
    std::this_thread::sleep_for(milliseconds(100));
    cancel_.request();
  });
  const Result<CommandResult> result = transport_.run({.script = "sleep 30"});
  other.join();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
  const Result<CommandResult> cleaning =
      transport_.run({.script = "echo cleaned", .ignore_cancel = true});
  ASSERT_TRUE(cleaning.ok());
  EXPECT_EQ(cleaning->out, "cleaned\n");
}

TEST_F(LocalTransportTest, RunsInASessionOfItsOwn) {
  // Field 6 of its stat line is the session: the shell leads it.
  EXPECT_EQ(run("test \"$(cut -d' ' -f6 /proc/$$/stat)\" = $$").exit_status, 0);
}

TEST_F(LocalTransportTest, UploadsWithModeAndProgressOverAnOldFile) {
  const std::string from = folder_ + "/from", to = folder_ + "/to";
  const std::string text(3'000'000, 'a');
  std::ofstream(from) << text;
  std::ofstream(to) << "old";
  std::uint64_t done = 0;
  const Status status = transport_.upload(
      {.local_path = from, .remote_path = to, .mode = 0750, .on_progress = [&](std::uint64_t n) {
         done = n;
       }});
  ASSERT_TRUE(status.ok()) << status.error().message;
  EXPECT_EQ(read_file(to), text);
  EXPECT_EQ(done, text.size());
  struct stat info {};
  ::stat(to.c_str(), &info);
  EXPECT_EQ(info.st_mode & 07777, 0750u);
}

TEST_F(LocalTransportTest, LeavesNothingBehindWhenAnUploadFails) {
  const std::string from = folder_ + "/from";
  std::ofstream(from) << "text";
  std::filesystem::create_directory(folder_ + "/to");
  std::filesystem::create_directory(folder_ + "/to/full");
  const Status status = transport_.upload(
      {.local_path = from, .remote_path = folder_ + "/to/full", .on_progress = {}});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_ + "/to"), {}), 1);
}

TEST_F(LocalTransportTest, SaysWhichDirectoryIsMissing) {
  const std::string from = folder_ + "/from";
  std::ofstream(from) << "text";
  const Status status =
      transport_.upload({.local_path = from, .remote_path = folder_ + "/no/to", .on_progress = {}});
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message.find(folder_ + "/no/to"), std::string::npos);
}

}  // namespace
}  // namespace arcus::exec
