#include "core/ssh/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "core/base/text.h"
#include "core/base/unique_fd.h"
#include "core/ssh/config.h"
#include "tests/support/sshd.h"

namespace arcus::ssh {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string output_of(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  std::string text;
  std::array<char, 4096> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) text += buffer.data();
  ::pclose(pipe);
  return text;
}

// A loopback socket that listens; `backlog` connections are taken by the kernel alone.
struct Listener {
  UniqueFd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::uint16_t port = 0;

  explicit Listener(bool listening = true) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    if (listening) ::listen(fd.get(), 8);
  }
};

class SessionTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!tests::Sshd::installed()) GTEST_SKIP() << "needs /usr/sbin/sshd";
    sshd_ = std::make_unique<tests::Sshd>();
  }

  Target target() const {
    Target target;
    target.host = "127.0.0.1";
    target.port = sshd_->port();
    target.identity = sshd_->client_key();
    target.known_hosts_file = known_hosts();
    target.config_file = "/dev/null";
    target.connect_timeout = milliseconds(20000);  // the machine may be busy with other tests
    return target;
  }
  std::string known_hosts() const { return sshd_->folder() + "/known_hosts"; }

  Status connect(const Target& target) {
    Result<std::unique_ptr<Session>> session = Session::connect(target, &cancel_);
    if (!session) return session.error();
    session_ = std::move(*session);
    return {};
  }

  std::string run(const std::string& command) {
    ExecResult result;
    const Status status = session_->exec({command, "", milliseconds(10000)}, result, nullptr);
    EXPECT_TRUE(status.ok()) << status.error().message;
    return result.out;
  }

  std::string write_config(const std::string& text) const {
    const std::string file = sshd_->folder() + "/ssh_config";
    std::ofstream(file) << text;
    return file;
  }

  Cancel cancel_;
  std::unique_ptr<tests::Sshd> sshd_;
  std::unique_ptr<Session> session_;
};

#define ASSERT_OK(expression)                             \
  do {                                                    \
    const Status status_ = (expression);                  \
    ASSERT_TRUE(status_.ok()) << status_.error().message; \
  } while (false)

// --- host keys

TEST_F(SessionTest, RecordsAnUnknownHostOnce) {
  ASSERT_OK(connect(target()));
  ASSERT_OK(connect(target()));
  EXPECT_EQ(lines(read_file(known_hosts())).size(), 1u);
  EXPECT_THAT(read_file(known_hosts()),
              HasSubstr("[127.0.0.1]:" + std::to_string(sshd_->port()) + " ssh-ed25519 "));
  EXPECT_THAT(output_of("ssh-keygen -f " + known_hosts() +
                        " -l -F '[127.0.0.1]:" + std::to_string(sshd_->port()) + "'"),
              HasSubstr(sshd_->host_key_fingerprint()));
}

TEST_F(SessionTest, AppendsToAFileWithoutALastNewline) {
  std::ofstream(known_hosts()) << "# no newline";
  ASSERT_OK(connect(target()));
  EXPECT_EQ(lines(read_file(known_hosts())).size(), 2u);
}

TEST_F(SessionTest, RefusesAChangedKeyWithBothFingerprintsAndTheWayOut) {
  std::ofstream(known_hosts()) << "# a comment\n";
  ASSERT_OK(connect(target()));
  const std::string before = sshd_->host_key_fingerprint();
  sshd_->restart_with_new_host_key();
  const Status status = connect(target());
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kHostKey);
  const std::string& text = status.error().message;
  EXPECT_THAT(text, HasSubstr(before));
  EXPECT_THAT(text, HasSubstr(sshd_->host_key_fingerprint()));
  EXPECT_THAT(text, HasSubstr(known_hosts() + ":2"));
  const std::string command = text.substr(text.find("ssh-keygen"));
  output_of(command + " 2>&1");
  EXPECT_TRUE(connect(target()).ok()) << "the command in the message should help: " << command;
}

TEST_F(SessionTest, FindsHashedHosts) {
  ASSERT_OK(connect(target()));
  output_of("ssh-keygen -H -f " + known_hosts() + " 2>&1");
  EXPECT_THAT(read_file(known_hosts()), HasSubstr("|1|"));
  Target strict = target();
  strict.host_keys = HostKeys::kStrict;
  EXPECT_TRUE(connect(strict).ok());
  sshd_->restart_with_new_host_key();
  EXPECT_EQ(connect(target()).error().code, ErrorCode::kHostKey);
}

TEST_F(SessionTest, StrictRefusesAnUnknownHostWithItsFingerprint) {
  Target strict = target();
  strict.host_keys = HostKeys::kStrict;
  const Status status = connect(strict);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kHostKey);
  EXPECT_THAT(status.error().message, HasSubstr(sshd_->host_key_fingerprint()));
  EXPECT_FALSE(std::filesystem::exists(known_hosts()));
}

TEST_F(SessionTest, WritesNothingWhenToldNotToRecord) {
  Target dry = target();
  dry.record_host_keys = false;
  ASSERT_OK(connect(dry));
  EXPECT_FALSE(std::filesystem::exists(known_hosts()));
}

TEST_F(SessionTest, ChecksNothingWhenSwitchedOff) {
  ASSERT_OK(connect(target()));
  sshd_->restart_with_new_host_key();
  Target off = target();
  off.host_keys = HostKeys::kOff;
  EXPECT_TRUE(connect(off).ok());
}

TEST_F(SessionTest, RefusesARevokedKey) {
  ASSERT_OK(connect(target()));
  std::ofstream(known_hosts(), std::ios::app)
      << "@revoked * " << read_file(sshd_->folder() + "/host_key.pub");
  const Status status = connect(target());
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("@revoked"));
}

// --- not getting in

TEST_F(SessionTest, SaysWhoWasRefusedAndWhatWasTried) {
  output_of("ssh-keygen -q -t ed25519 -N '' -f " + sshd_->folder() + "/other");
  Target stranger = target();
  stranger.identity = sshd_->folder() + "/other";
  stranger.config_file = write_config("IdentitiesOnly yes\nIdentityFile /nonexistent\n");
  const Status status = connect(stranger);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kAuth);
  EXPECT_THAT(status.error().message, HasSubstr("login as " + local_user() + " refused"));
  EXPECT_THAT(status.error().message, HasSubstr(stranger.identity));
  EXPECT_THAT(status.error().message, HasSubstr("publickey"));
}

TEST_F(SessionTest, SaysThatAKeyNeedsItsPassphrase) {
  output_of("ssh-keygen -q -p -N secret -f " + sshd_->client_key());
  Target locked = target();
  locked.config_file = write_config("IdentityAgent none\nIdentityFile /nonexistent\n");
  const Status status = connect(locked);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kAuth);
  EXPECT_THAT(status.error().message, HasSubstr("passphrase"));
}

TEST_F(SessionTest, UsesTheAgentForAKeyThatNeedsItsPassphrase) {
  const std::string socket = sshd_->folder() + "/agent";
  const std::string started = output_of("ssh-agent -a " + socket);
  const std::string pid =
      output_of("sed -n 's/.*echo Agent pid \\([0-9]*\\).*/\\1/p' <<'E'\n" + started + "\nE\n");
  output_of("SSH_AUTH_SOCK=" + socket + " ssh-add -q " + sshd_->client_key() + " 2>&1");
  output_of("ssh-keygen -q -p -N secret -f " + sshd_->client_key());
  Target locked = target();
  locked.config_file = write_config("IdentityAgent " + socket + "\nIdentitiesOnly yes\n");
  const Status status = connect(locked);
  EXPECT_TRUE(status.ok()) << status.error().message;
  output_of("kill " + pid);
}

TEST_F(SessionTest, SaysThatTheNamedKeyIsMissing) {
  Target missing = target();
  missing.identity = "/nonexistent/key";
  missing.config_file = write_config("IdentityAgent none\nIdentityFile /nonexistent\n");
  EXPECT_THAT(connect(missing).error().message, HasSubstr("/nonexistent/key (No such file"));
}

TEST_F(SessionTest, TellsARefusedConnectionFromASilentOne) {
  const Listener closed(false);
  Target nobody = target();
  nobody.port = closed.port;
  const Status refused = connect(nobody);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnreachable);
  EXPECT_THAT(refused.error().message, HasSubstr("refused"));

  const Listener mute;
  nobody.port = mute.port;
  nobody.connect_timeout = milliseconds(300);
  const auto before = steady_clock::now();
  const Status silent = connect(nobody);
  ASSERT_FALSE(silent.ok());
  EXPECT_EQ(silent.error().code, ErrorCode::kTimeout);
  EXPECT_THAT(silent.error().message, HasSubstr("no SSH server answered"));
  EXPECT_LT(steady_clock::now() - before, milliseconds(2000));
}

TEST_F(SessionTest, SaysThatANameDoesNotResolve) {
  Target nowhere = target();
  nowhere.host = "no-such-host.invalid";
  const Status status = connect(nowhere);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("no-such-host.invalid"));
}

TEST_F(SessionTest, StopsConnectingWhenCancelled) {
  const Listener mute;
  Target nobody = target();
  nobody.port = mute.port;
  std::thread other([this] {
    std::this_thread::sleep_for(milliseconds(50));
    cancel_.request();
  });
  EXPECT_EQ(connect(nobody).error().code, ErrorCode::kCancelled);
  other.join();
}

TEST_F(SessionTest, MarksAServerThatHangsUpAtOnceAsWorthAnotherTry) {
  const Listener rude;
  std::thread server([&] { ::close(::accept(rude.fd.get(), nullptr, nullptr)); });
  Target nobody = target();
  nobody.port = rude.port;
  const Status status = connect(nobody);
  server.join();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kUnreachable) << status.error().message;
  EXPECT_TRUE(status.error().retryable);
}

// --- ssh_config

TEST_F(SessionTest, TakesAddressPortUserAndKeyFromTheConfiguration) {
  Target alias;
  alias.host = "cache-1";
  alias.known_hosts_file = known_hosts();
  alias.config_file = write_config(
      "Host cache-1\n  HostName 127.0.0.1\n  Port " + std::to_string(sshd_->port()) + "\n  User " +
      local_user() + "\n  IdentityFile " + sshd_->client_key() + "\n  Ciphers aes256-ctr\n");
  ASSERT_OK(connect(alias));
  EXPECT_EQ(session_->user(), local_user());
  EXPECT_THAT(run("echo $SSH_CONNECTION"), HasSubstr("127.0.0.1 " + std::to_string(sshd_->port())));
}

TEST_F(SessionTest, PutsTheOperatorsWordOverTheConfiguration) {
  Target alias = target();
  alias.host = "cache-1";
  alias.address = "127.0.0.1";
  alias.user = local_user();
  alias.config_file =
      write_config("HostName 127.9.9.9\nPort 1\nUser nobody-here\nIdentityFile /nonexistent\n");
  EXPECT_TRUE(connect(alias).ok());
}

TEST_F(SessionTest, TakesTheUsualAddressUnlessTheConfigurationHasAnother) {
  Target alias = target();
  alias.host = "cache-1";
  alias.address.clear();
  alias.usual_address = "127.0.0.1";
  alias.config_file = write_config("Host other\n  HostName 127.9.9.9\n");
  EXPECT_TRUE(connect(alias).ok());
  alias.usual_address = "127.9.9.9";
  alias.aliases = {"127.9.9.9"};
  alias.config_file = write_config("Host 127.9.*\n  HostName 127.0.0.1\n");
  EXPECT_TRUE(connect(alias).ok());
}

TEST_F(SessionTest, ReachesAHostThroughTwoJumpHosts) {
  const tests::Sshd first, second;
  const auto block = [](const std::string& name, const tests::Sshd& sshd) {
    return "Host " + name + "\n  HostName 127.0.0.1\n  Port " + std::to_string(sshd.port()) +
           "\n  IdentityFile " + sshd.client_key() + "\n";
  };
  Target inner;
  inner.host = "inner";
  inner.known_hosts_file = known_hosts();
  inner.config_file = write_config(block("inner", *sshd_) + "  ProxyJump first,second\n" +
                                   block("first", first) + block("second", second));
  ASSERT_OK(connect(inner));
  EXPECT_EQ(lines(read_file(known_hosts())).size(), 3u) << "each of the three is checked";

  const std::string from = sshd_->folder() + "/from", to = sshd_->folder() + "/to";
  std::ofstream(from) << std::string(10 << 20, 'j');
  ASSERT_OK(session_->upload({from, to, 0600, milliseconds(10000), {}}, nullptr));
  EXPECT_TRUE(read_file(from) == read_file(to));
}

TEST_F(SessionTest, ManyHostsBehindOneJumpHostDoNotOverrunIt) {
  // Whoever comes while ten have not logged in yet is dropped.
  const tests::Sshd jump("", "10:100:10");
  const auto block = [](const std::string& name, const tests::Sshd& sshd) {
    return "Host " + name + "\n  HostName 127.0.0.1\n  Port " + std::to_string(sshd.port()) +
           "\n  IdentityFile " + sshd.client_key() + "\n";
  };
  const std::string config =
      write_config(block("inner", *sshd_) + "  ProxyJump jump\n" + block("jump", jump));
  std::vector<std::thread> threads;
  for (int i = 0; i < 30; ++i) {
    threads.emplace_back([&] {
      Target inner;
      inner.host = "inner";
      inner.known_hosts_file = known_hosts();
      inner.config_file = config;
      inner.connect_timeout = milliseconds(60000);
      const auto session = Session::connect(inner, nullptr);
      if (!session) ADD_FAILURE() << session.error().message;
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(SessionTest, NamesTheJumpHostThatFails) {
  const Listener closed(false);
  Target inner = target();
  inner.config_file =
      write_config("Match host 127.0.0.1 originalhost 127.0.0.1\n  ProxyJump joe@localhost:" +
                   std::to_string(closed.port) + "\n");
  const Status status = connect(inner);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("jump host localhost"));
}

TEST_F(SessionTest, SaysThatTheJumpHostCannotReachTheHost) {
  const Listener closed(false);
  Target inner = target();
  inner.host = "inner";
  inner.address = "127.0.0.1";
  inner.port = closed.port;
  inner.config_file =
      write_config("Host inner\n  ProxyJump 127.0.0.1:" + std::to_string(sshd_->port()) + "\n");
  const Status status = connect(inner);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kUnreachable);
  EXPECT_THAT(status.error().message, HasSubstr("could not reach"));
}

TEST_F(SessionTest, NoticesJumpsInACircle) {
  Target inner = target();
  inner.config_file = write_config("ProxyJump 127.0.0.1\n");
  const Status status = connect(inner);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("circle"));
}

TEST_F(SessionTest, DeclinesAProxyCommand) {
  Target inner = target();
  inner.config_file = write_config("ProxyCommand nc %h %p\n");
  EXPECT_THAT(connect(inner).error().message, HasSubstr("ProxyCommand"));
}

// --- uploads that can't be

class UploadTest : public SessionTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    if (IsSkipped()) return;
    from_ = sshd_->folder() + "/from";
    std::ofstream(from_) << std::string(8 << 20, 'u');
  }

  Status upload(const std::string& to) {
    return session_->upload({from_, to, 0600, milliseconds(10000), {}}, &cancel_);
  }

  std::string from_;
};

TEST_F(UploadTest, SaysThatTheDirectoryIsMissing) {
  ASSERT_OK(connect(target()));
  const std::string to = sshd_->folder() + "/missing/to";
  const Status status = upload(to);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "creating " + to + ": the directory does not exist");
}

TEST_F(UploadTest, SaysThatThePathIsADirectory) {
  ASSERT_OK(connect(target()));
  const std::string to = sshd_->folder() + "/folder";
  std::filesystem::create_directory(to);
  EXPECT_THAT(upload(to).error().message, HasSubstr("creating " + to));
  EXPECT_TRUE(std::filesystem::exists(to));
}

TEST_F(UploadTest, DoesNotWriteThroughALink) {
  ASSERT_OK(connect(target()));
  const std::string victim = sshd_->folder() + "/victim", to = sshd_->folder() + "/to";
  std::ofstream(victim) << "precious";
  std::filesystem::create_symlink(victim, to);
  ASSERT_OK(upload(to));
  EXPECT_EQ(read_file(victim), "precious");
}

TEST_F(UploadTest, TakesTheFileAwayWhenCancelledHalfWay) {
  ASSERT_OK(connect(target()));
  std::ofstream(from_) << std::string(64 << 20, 'u');
  const std::string to = sshd_->folder() + "/to";
  const Status status = session_->upload({from_, to, 0600, milliseconds(10000),
                                          [&](std::uint64_t done) {
                                            if (done > 1 << 20) cancel_.request();
                                          }},
                                         &cancel_);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kCancelled);
  EXPECT_FALSE(std::filesystem::exists(to));
}

TEST_F(UploadTest, SaysThatTheServerOffersNoSftp) {
  sshd_ = std::make_unique<tests::Sshd>("Match all\nForceCommand /bin/false");
  from_ = sshd_->folder() + "/from";
  std::ofstream(from_) << "text";
  ASSERT_OK(connect(target()));
  EXPECT_FALSE(upload(sshd_->folder() + "/to").ok());
}

TEST_F(UploadTest, SaysThatTheDiskIsFullAndLeavesNothing) {
  if (::geteuid() != 0 || ::unshare(CLONE_NEWNS) != 0 ||
      ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    GTEST_SKIP() << "needs root, for a small file system";
  }
  const std::string disk = sshd_->folder() + "/disk";
  std::filesystem::create_directory(disk);
  ASSERT_EQ(::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=2m"), 0);
  sshd_->restart();
  ASSERT_OK(connect(target()));
  const Status status = upload(disk + "/to");
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("no space left"));
  EXPECT_THAT(status.error().message, HasSubstr(disk + "/to"));
  EXPECT_TRUE(std::filesystem::is_empty(disk));
  session_.reset();
  ::umount2(disk.c_str(), MNT_DETACH);
}

// --- many at once

TEST_F(SessionTest, TwentySessionsAtOnceEachRunAndUpload) {
  const std::string from = sshd_->folder() + "/from";
  std::ofstream(from) << std::string(1 << 20, 'p');
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&, i] {
      Target mine = target();
      mine.connect_timeout = milliseconds(60000);
      Result<std::unique_ptr<Session>> session = Session::connect(mine, nullptr);
      if (!session) return ADD_FAILURE() << session.error().message;
      ExecResult result;
      const std::string to = from + std::to_string(i);
      if ((*session)->exec({"cat", "hello", milliseconds(60000)}, result, nullptr).ok() &&
          (*session)->upload({from, to, 0600, milliseconds(60000), {}}, nullptr).ok() &&
          result.out == "hello" && read_file(to) == read_file(from)) {
        ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 20);
  EXPECT_EQ(lines(read_file(known_hosts())).size(), 1u);
}

}  // namespace
}  // namespace arcus::ssh
