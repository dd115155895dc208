#include "tests/protocol/engine_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "core/base/clock.h"

namespace arcus::tests {
namespace {

using std::chrono::milliseconds;

constexpr int kReadyFd = 9;

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

std::string EngineProcess::built_engine() {
  return ARCUS_BINARY_DIR "/daemon/arcus-memcached";
}

EngineProcess::EngineProcess(EngineOptions options) {
  char name[] = "/tmp/arcus-engine-XXXXXX";
  if (mkdtemp(name) == nullptr) throw std::runtime_error("mkdtemp failed");
  directory_ = name;
  if (options.binary.empty()) options.binary = built_engine();
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  ready_.reset(ends[0]);
  UniqueFd ready_write(ends[1]);
  start(options, ready_write.get());
  ready_write.reset();
  if (!options.wait_until_serving) return;
  const auto deadline = Deadline::in(std::chrono::seconds(10));
  while (!find_port()) {
    if (deadline.passed() || wait_exit(0)) {
      throw std::runtime_error("the engine did not start: " + log());
    }
    std::this_thread::sleep_for(milliseconds(5));
  }
}

void EngineProcess::start(const EngineOptions& options, int ready_write) {
  std::vector<std::string> words = {options.binary, "-l", "127.0.0.1", "-U", "0"};
  // memcached takes 0 for "no TCP", and -1 for any port.
  const bool ours = options.binary == built_engine();
  words.insert(words.end(), {"-p", ours ? "0" : "-1"});
  if (!ours) words.insert(words.end(), {"-u", "root"});
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ > 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const std::string log_path = directory_ + "/log";
  const int log_fd = open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  dup2(log_fd, STDOUT_FILENO);
  dup2(log_fd, STDERR_FILENO);
  // It may have that very number, which dup2 would leave closing on exec.
  if (ready_write == kReadyFd)
    fcntl(kReadyFd, F_SETFD, 0);
  else
    dup2(ready_write, kReadyFd);
  setenv("MEMCACHED_PORT_FILENAME", (directory_ + "/port").c_str(), 1);
  setenv("ARCUS_READY_FD", std::to_string(kReadyFd).c_str(), 1);
  // An expired session ends the process from a callback, with its threads running: on purpose.
  setenv("TSAN_OPTIONS", "report_thread_leaks=0", 1);
  for (const auto& [key, value] : options.environment) setenv(key.c_str(), value.c_str(), 1);
  execv(argv[0], argv.data());
  _exit(127);
}

bool EngineProcess::find_port() {
  std::istringstream file(read_file(directory_ + "/port"));
  std::string protocol, family;
  unsigned port = 0;
  if (!(file >> protocol >> family >> port) || port == 0) return false;
  port_ = static_cast<std::uint16_t>(port);
  return true;
}

EngineProcess::~EngineProcess() {
  if (!status_) {
    signal(SIGKILL);
    wait_exit(5000);
  }
  // A sanitizer's finding must fail the test, although the engine went on.
  const std::string text = log();
  for (const char* finding : {"Sanitizer", "runtime error:"}) {
    EXPECT_EQ(text.find(finding), std::string::npos) << text;
  }
  std::filesystem::remove_all(directory_);
}

void EngineProcess::signal(int number) const {
  ::kill(pid_, number);
}

std::optional<int> EngineProcess::wait_exit(int timeout_ms) {
  const auto deadline = Deadline::in(milliseconds(timeout_ms));
  while (!status_) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      break;
    }
    if (deadline.passed()) break;
    std::this_thread::sleep_for(milliseconds(2));
  }
  return status_;
}

std::string EngineProcess::log() const {
  return read_file(directory_ + "/log");
}

std::string EngineProcess::ready_line(int timeout_ms) {
  std::string line;
  const auto deadline = Deadline::in(milliseconds(timeout_ms));
  while (!line.ends_with('\n')) {
    pollfd polled{ready_.get(), POLLIN, 0};
    char c = 0;
    // A process that was stopped and goes on is told of an interruption.
    const int ready = poll(&polled, 1, static_cast<int>(deadline.left().count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0 || read(ready_.get(), &c, 1) != 1) break;
    line += c;
  }
  return line;
}

std::size_t EngineProcess::resident_bytes() const {
  std::istringstream file(read_file("/proc/" + std::to_string(pid_) + "/statm"));
  std::size_t size = 0, resident = 0;
  file >> size >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::size_t EngineProcess::open_descriptors() const {
  std::size_t count = 0;
  const auto folder = "/proc/" + std::to_string(pid_) + "/fd";
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

Client::Client(std::uint16_t port, const char* source)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (source != nullptr) {
    inet_pton(AF_INET, source, &address.sin_addr);
    if (bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error(std::string("cannot bind to ") + source);
    }
  }
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect to port " + std::to_string(port));
  }
  const int on = 1;
  setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size < 0) return;  // the peer closed; what it said before is still to be read
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
}

std::size_t Client::send_some(std::string_view bytes) {
  const ssize_t size = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return size < 0 ? 0 : static_cast<std::size_t>(size);
}

bool Client::fill(int timeout_ms) {
  pollfd polled{fd_.get(), POLLIN, 0};
  if (poll(&polled, 1, timeout_ms) <= 0) return false;
  char bytes[65536];
  const ssize_t size = recv(fd_.get(), bytes, sizeof bytes, 0);
  if (size <= 0) return false;
  pending_.append(bytes, static_cast<std::size_t>(size));
  return true;
}

std::string Client::receive(std::size_t size, int timeout_ms) {
  while (pending_.size() < size && fill(timeout_ms)) {
  }
  std::string bytes = pending_.substr(0, size);
  pending_.erase(0, bytes.size());
  return bytes;
}

std::string Client::line(int timeout_ms) {
  std::size_t end = 0;
  while ((end = pending_.find("\r\n")) == std::string::npos && fill(timeout_ms)) {
  }
  if (end == std::string::npos) return std::exchange(pending_, {});
  std::string text = pending_.substr(0, end);
  pending_.erase(0, end + 2);
  return text;
}

std::string Client::ask(std::string_view request, std::string_view end) {
  send(request);
  std::size_t at = 0;
  while ((at = pending_.find(end)) == std::string::npos && fill(5000)) {
  }
  return receive(at == std::string::npos ? pending_.size() : at + end.size());
}

bool Client::closed_by_peer(int timeout_ms) {
  pollfd polled{fd_.get(), POLLIN, 0};
  char byte = 0;
  if (!pending_.empty() || poll(&polled, 1, timeout_ms) <= 0) return false;
  return recv(fd_.get(), &byte, 1, MSG_PEEK) <= 0;
}

}  // namespace arcus::tests
