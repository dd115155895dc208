#include "core/exec/ssh_transport.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <random>
#include <thread>

#include "tests/support/sshd.h"

namespace arcus::exec {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class SshTransportTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!tests::Sshd::installed()) GTEST_SKIP() << "needs /usr/sbin/sshd";
    sshd_ = std::make_unique<tests::Sshd>();
    transport_ = std::make_unique<SshTransport>(target(), cancel_);
  }

  ssh::Target target() const {
    ssh::Target target;
    target.host = "127.0.0.1";
    target.port = sshd_->port();
    target.identity = sshd_->client_key();
    target.known_hosts_file = sshd_->folder() + "/known_hosts";
    target.config_file = "/dev/null";
    return target;
  }

  CommandResult run(const std::string& script) {
    Result<CommandResult> result = transport_->run({.script = script});
    EXPECT_TRUE(result.ok()) << result.error().message;
    return result.ok() ? *result : CommandResult{};
  }

  // Whether the process ends soon.
  static bool ends(const std::string& pid) {
    for (int i = 0; i < 300; ++i) {
      const std::string stat = read_file("/proc/" + pid + "/stat");
      if (stat.empty() || stat.find(") Z ") != std::string::npos) return true;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return false;
  }

  Cancel cancel_;
  std::unique_ptr<tests::Sshd> sshd_;
  std::unique_ptr<SshTransport> transport_;
};

TEST_F(SshTransportTest, KeepsExitStatusAndBothOutputsApart) {
  const CommandResult result = run("echo out; echo err >&2; exit 3");
  EXPECT_EQ(result.exit_status, 3);
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
}

TEST_F(SshTransportTest, KeepsOneSessionForAllCommands) {
  const std::string first = run("echo $SSH_CONNECTION").out;
  EXPECT_EQ(run("echo $SSH_CONNECTION").out, first);
}

TEST_F(SshTransportTest, FeedsAScriptLargerThanTheWindow) {
  std::string script;
  while (script.size() < 4 << 20) script += ": " + std::string(1000, 'x') + "\n";
  EXPECT_EQ(run(script + "echo done").out, "done\n");
}

TEST_F(SshTransportTest, SurvivesAScriptThatDoesNotReadItsEnd) {
  EXPECT_EQ(run("exit 4\n" + std::string(4 << 20, '#')).exit_status, 4);
}

TEST_F(SshTransportTest, CapsOutput) {
  const CommandResult result = run("head -c 6000000 /dev/zero");
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_EQ(result.out.size(), kMaxOutput);
}

TEST_F(SshTransportTest, ReportsASignal) {
  EXPECT_EQ(run("kill -KILL $$").exit_status, 137);
}

TEST_F(SshTransportTest, DoesNotWaitForADaemonThatHoldsThePipes) {
  const auto before = steady_clock::now();
  const std::string pid = run("sleep 20 & echo $!").out;
  EXPECT_LT(steady_clock::now() - before, milliseconds(5000));
  EXPECT_EQ(run("kill -KILL " + pid).exit_status, 0) << "the daemon should still be there";
}

TEST_F(SshTransportTest, StopsTheRemoteProcessesAtTheTimeout) {
  const std::string file = sshd_->folder() + "/pid";
  const Result<CommandResult> result = transport_->run(
      {.script = "sleep 30 & echo $! > " + file + "; wait", .timeout = milliseconds(500)});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kTimeout);
  const std::string pid = read_file(file);
  ASSERT_FALSE(pid.empty());
  EXPECT_TRUE(ends(pid.substr(0, pid.size() - 1)));
  EXPECT_EQ(run("echo still usable").out, "still usable\n");
}

TEST_F(SshTransportTest, EndsEarlyWhenCancelledFromAnotherThreadAndCanStillCleanUp) {
  const std::string file = sshd_->folder() + "/pid";
  ASSERT_TRUE(transport_->connect().ok());
  std::thread other([&] {
    while (read_file(file).empty()) std::this_thread::sleep_for(milliseconds(5));
    cancel_.request();
  });
  const Result<CommandResult> result =
      transport_->run({.script = "echo $$ > " + file + "; exec sleep 30"});
  other.join();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
  const std::string pid = read_file(file);
  EXPECT_TRUE(ends(pid.substr(0, pid.size() - 1)));
  const Result<CommandResult> cleaning =
      transport_->run({.script = "echo cleaned", .ignore_cancel = true});
  ASSERT_TRUE(cleaning.ok()) << cleaning.error().message;
  EXPECT_EQ(cleaning->out, "cleaned\n");
}

TEST_F(SshTransportTest, ConnectsAgainAfterTheServerWentAway) {
  EXPECT_EQ(run("echo one").out, "one\n");
  EXPECT_FALSE(transport_->run({.script = "kill -KILL $PPID; sleep 5"}).ok());
  EXPECT_EQ(run("echo two").out, "two\n");
}

TEST_F(SshTransportTest, UploadsManyMegabytesUnchanged) {
  const std::string from = sshd_->folder() + "/from", to = sshd_->folder() + "/to";
  std::string text(30 << 20, '\0');
  std::mt19937_64 random(42);
  for (std::size_t i = 0; i + 8 <= text.size(); i += 8) {
    const std::uint64_t value = random();
    text.replace(i, 8, reinterpret_cast<const char*>(&value), 8);
  }
  text += "tail";
  std::ofstream(from, std::ios::binary) << text;
  std::ofstream(to) << "old";
  std::uint64_t done = 0;
  const Status status = transport_->upload(
      {.local_path = from, .remote_path = to, .mode = 0757, .on_progress = [&](std::uint64_t n) {
         done = n;
       }});
  ASSERT_TRUE(status.ok()) << status.error().message;
  EXPECT_TRUE(read_file(to) == text);
  EXPECT_EQ(done, text.size());
  struct stat info {};
  ::stat(to.c_str(), &info);
  EXPECT_EQ(info.st_mode & 07777, 0757u);
}

}  // namespace
}  // namespace arcus::exec
