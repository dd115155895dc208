#include "core/exec/ssh_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <thread>
#include <vector>

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
    target.connect_timeout = std::chrono::seconds(20);  // the machine may be busy with other tests
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

TEST_F(SshTransportTest, GivesTheScriptsCommandsAnEmptyStandardInput) {
  EXPECT_EQ(run("cat; echo after").out, "after\n");
}

TEST_F(SshTransportTest, RunsAnEmptyScript) {
  EXPECT_EQ(run("").exit_status, 0);
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

TEST_F(SshTransportTest, TriesAgainWhenABusyServerHangsUp) {
  // This sshd drops nine of ten connections while one is shaking hands, as MaxStartups says.
  sshd_ = std::make_unique<tests::Sshd>("", "1:90:50");
  std::atomic<int> connected = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      SshTransport transport(target(), cancel_);
      connected += transport.connect().ok() ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(connected, 2);
}

// Hosts where the login user is not root. The accounts live in a mount namespace of this thread,
// which the sshd it starts inherits.
class SudoTest : public SshTransportTest {
 protected:
  void SetUp() override {
    if (::geteuid() != 0 || ::access("/usr/bin/sudo", X_OK) != 0 || ::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
      GTEST_SKIP() << "needs root, for accounts that exist only here, and sudo";
    }
    char name[] = "/tmp/arcus-accounts-XXXXXX";
    accounts_ = ::mkdtemp(name);
    ::chmod(name, 0755);
    shadow("/etc/passwd",
           read_file("/etc/passwd") +
               "plain:x:54321:54321::/:/bin/sh\nadmin:x:54322:54322::/:/bin/sh\n"
               "locked:x:54323:54323::/:/usr/sbin/nologin\n",
           0644);
    shadow("/etc/shadow",
           read_file("/etc/shadow") +
               "plain:*:19000::::::\nadmin:*:19000::::::\nlocked:*:19000::::::\n",
           0600);
    shadow("/etc/sudoers", "root ALL=(ALL) ALL\nadmin ALL=(ALL) NOPASSWD: ALL\n", 0440);
    SshTransportTest::SetUp();
  }
  void TearDown() override {
    for (const std::string& path : shadowed_) ::umount2(path.c_str(), MNT_DETACH);
    if (!accounts_.empty()) std::filesystem::remove_all(accounts_);
  }

  void shadow(const std::string& path, const std::string& text, mode_t mode) {
    const std::string file = accounts_ + "/" + std::filesystem::path(path).filename().string();
    std::ofstream(file) << text;
    ::chmod(file.c_str(), mode);
    ASSERT_EQ(::mount(file.c_str(), path.c_str(), nullptr, MS_BIND, nullptr), 0) << path;
    shadowed_.push_back(path);
  }

  void log_in_as(const std::string& user) {
    ssh::Target mine = target();
    mine.user = user;
    transport_ = std::make_unique<SshTransport>(mine, cancel_);
  }

  std::string accounts_;
  std::vector<std::string> shadowed_;
};

TEST_F(SudoTest, BecomesRootOnlyWhenAsked) {
  log_in_as("admin");
  EXPECT_EQ(run("id -u").out, "54322\n");
  EXPECT_EQ(transport_->login_user(), "admin");
  const Result<CommandResult> result =
      transport_->run({.script = "id -u; echo err >&2; exit 5", .as_root = true});
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->out, "0\n");
  EXPECT_EQ(result->err, "err\n");
  EXPECT_EQ(result->exit_status, 5);
}

TEST_F(SudoTest, StopsRootsProcessesAtTheTimeout) {
  log_in_as("admin");
  const std::string file = sshd_->folder() + "/pid";
  const Result<CommandResult> result =
      transport_->run({.script = "echo $$ > " + file + "; exec sleep 30",
                       .as_root = true,
                       .timeout = milliseconds(500)});
  ASSERT_FALSE(result.ok());
  const std::string pid = read_file(file);
  ASSERT_FALSE(pid.empty());
  EXPECT_TRUE(ends(pid.substr(0, pid.size() - 1)));
}

TEST_F(SudoTest, SaysWhatToDoWhenSudoRefuses) {
  log_in_as("plain");
  const Result<CommandResult> result = transport_->run({.script = "id -u", .as_root = true});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kAuth);
  EXPECT_THAT(result.error().message, testing::HasSubstr("does not let plain become root"));
  EXPECT_THAT(result.error().message, testing::HasSubstr("password"));
  EXPECT_THAT(result.error().message, testing::HasSubstr("NOPASSWD"));
}

TEST_F(SudoTest, SaysThatTheAccountRunsNoCommands) {
  log_in_as("locked");
  const Result<CommandResult> result = transport_->run({.script = "id -u"});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kRefused);
  EXPECT_THAT(result.error().message, testing::HasSubstr("login shell of locked"));
}

TEST_F(SudoTest, SaysThatTheDirectoryIsNotWritable) {
  log_in_as("plain");
  const std::string to = sshd_->folder() + "/to";
  const Status status =
      transport_->upload({.local_path = "/etc/hostname", .remote_path = to, .on_progress = {}});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "creating " + to + ": permission denied");
}

}  // namespace
}  // namespace arcus::exec
