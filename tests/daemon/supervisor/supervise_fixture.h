// A fixture that calls arcus-supervise as its callers do: real supervisors over real processes, in
// a directory and on a port of their own. See main.cc for how the engine behaves.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/base/unique_fd.h"
#include "tests/daemon/supervisor/temp_dir.h"

namespace arcus::daemon {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Json = nlohmann::json;
using Words = std::vector<std::string>;

struct Answer {
  int exit_status = -1;
  std::string text;
  Json json() const { return text.empty() ? Json() : Json::parse(text.substr(0, text.find('\n'))); }
};

// Runs a program to its end and takes what it prints; `uid`: as that user.
inline Answer run(Words command, uid_t uid = ::geteuid()) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(ends[1], 1);
    ::close(ends[0]);
    ::close(ends[1]);
    if (uid != ::geteuid() && (::setgid(uid) != 0 || ::setuid(uid) != 0)) ::_exit(126);
    std::vector<char*> argv;
    for (auto& word : command) argv.push_back(word.data());
    argv.push_back(nullptr);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  Answer answer;
  char piece[4096];
  for (ssize_t got = 0; (got = ::read(ends[0], piece, sizeof piece)) > 0;) {
    answer.text.append(piece, static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(pid, &status, 0);
  answer.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return answer;
}

class Socket {
 public:
  explicit Socket(int port = 0) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    socklen_t length = sizeof address;
    ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
  }
  void listen() { ::listen(fd_.get(), 1); }
  int port() const { return port_; }

 private:
  UniqueFd fd_;
  int port_ = 0;
};

inline int free_port() {
  return Socket().port();
}

inline bool eventually(const std::function<bool()>& true_at_last) {
  const Deadline deadline = Deadline::in(10s);
  while (!true_at_last()) {
    if (deadline.passed()) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

class Supervise : public ::testing::Test {
 protected:
  ~Supervise() override {
    // Whatever failed, nothing is left running.
    call({"stop", "--dir", dir_.path(), "--node", node_, "--grace", "0"});
    for (const pid_t pid : strangers_) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
  }

  Answer call(Words arguments, uid_t uid = ::geteuid()) {
    arguments.insert(arguments.begin(), ARCUS_BINARY_DIR "/daemon/arcus-supervise");
    return run(std::move(arguments), uid);
  }

  Words start_words(const std::string& behaviour, Words more = {}) {
    Words words = {
        "start",     "--dir", dir_.path(), "--node", node_, "--env", "FAKE_ENGINE=" + behaviour,
        "--service", "svc",   "--release", "r1"};
    words.insert(words.end(), more.begin(), more.end());
    for (const auto& word :
         {std::string("--"), engine_, std::string("-p"), std::to_string(port_)}) {
      words.push_back(word);
    }
    return words;
  }
  Answer start(const std::string& behaviour, Words more = {}) {
    return call(start_words(behaviour, std::move(more)));
  }
  Answer wait(const std::string& timeout = "10") {
    return call({"wait", "--dir", dir_.path(), "--node", node_, "--timeout", timeout});
  }
  Answer stop(Words more = {}) {
    Words words = {"stop", "--dir", dir_.path(), "--node", node_};
    words.insert(words.end(), more.begin(), more.end());
    return call(words);
  }
  Json status() { return call({"status", "--dir", dir_.path(), "--node", node_}).json(); }
  std::string state() { return status()["state"]; }

  // An engine that nobody supervises, with exactly these arguments.
  pid_t stranger(const Words& arguments) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::setenv("FAKE_ENGINE", "listen", 1);
      const int null = ::open("/dev/null", O_WRONLY);
      ::dup2(null, 1);
      Words words = arguments;
      words.insert(words.begin(), engine_);
      std::vector<char*> argv;
      for (auto& word : words) argv.push_back(word.data());
      argv.push_back(nullptr);
      ::execv(engine_.c_str(), argv.data());
      ::_exit(127);
    }
    strangers_.push_back(pid);
    return pid;
  }

  // Reaps one of those if it has ended.
  bool gone(pid_t pid) { return ::waitpid(pid, nullptr, WNOHANG) == pid; }

  const TempDir dir_;
  int port_ = free_port();
  std::string node_ = "127.0.0.1:" + std::to_string(port_);
  std::string engine_ = fs::read_symlink("/proc/self/exe").string();
  std::vector<pid_t> strangers_;
};

}  // namespace arcus::daemon
