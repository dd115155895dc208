#include "tests/support/sshd.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "core/base/unique_fd.h"

namespace arcus::tests {
namespace {

constexpr const char* kSshd = "/usr/sbin/sshd";

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

std::uint16_t free_port() {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no free port");
  }
  return ntohs(address.sin_port);
}

bool answers(std::uint16_t port) {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback(port);
  return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

std::string output_of(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::string text;
  std::array<char, 4096> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) text += buffer.data();
  if (::pclose(pipe) != 0) throw std::runtime_error("failed: " + command);
  return text;
}

void make_key(const std::string& file) {
  std::filesystem::remove(file);
  std::filesystem::remove(file + ".pub");
  output_of("ssh-keygen -q -t ed25519 -N '' -C test -f " + file);
}

}  // namespace

bool Sshd::installed() {
  return ::access(kSshd, X_OK) == 0;
}

Sshd::Sshd(const std::string& more, const std::string& max_startups) {
  char name[] = "/tmp/arcus-sshd-XXXXXX";
  if (::mkdtemp(name) == nullptr) throw std::runtime_error("mkdtemp failed");
  folder_ = name;
  ::chmod(name, 0755);  // sshd reads authorized_keys as the user who logs in
  make_key(folder_ + "/host_key");
  make_key(client_key());
  std::filesystem::copy_file(client_key() + ".pub", folder_ + "/authorized_keys");
  port_ = free_port();
  write_config(more, max_startups);
  start();
}

Sshd::~Sshd() {
  stop();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void Sshd::write_config(const std::string& more, const std::string& max_startups) const {
  std::ofstream config(folder_ + "/sshd_config");
  config << "ListenAddress 127.0.0.1\nPort " << port_ << "\nHostKey " << folder_ << "/host_key\n"
         << "PidFile none\nAuthorizedKeysFile " << folder_ << "/authorized_keys\n"
         << "StrictModes no\nUsePAM no\nPasswordAuthentication no\n"
         << "KbdInteractiveAuthentication no\nPermitRootLogin yes\nPrintMotd no\n"
         << "MaxStartups " << max_startups << "\nSubsystem sftp internal-sftp\n"
         << more << "\n";
}

std::string Sshd::host_key_fingerprint() const {
  const std::string line = output_of("ssh-keygen -l -f " + folder_ + "/host_key.pub");
  const std::size_t start = line.find("SHA256:");
  return line.substr(start, line.find(' ', start) - start);
}

void Sshd::restart_with_new_host_key() {
  stop();
  make_key(folder_ + "/host_key");
  start();
}

void Sshd::restart() {
  stop();
  start();
}

void Sshd::start() {
  if (::geteuid() == 0) ::mkdir("/run/sshd", 0755);  // its privilege separation wants it
  const std::string config = folder_ + "/sshd_config", log = folder_ + "/sshd.log";
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    // What it has to say is in its log; a connection that outlives the log would complain here.
    ::dup2(::open("/dev/null", O_WRONLY), 2);
    ::execl(kSshd, kSshd, "-D", "-f", config.c_str(), "-E", log.c_str(), nullptr);
    ::_exit(127);
  }
  for (int i = 0; i < 500; ++i) {
    if (answers(port_)) return;
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  std::ifstream in(log);
  throw std::runtime_error("sshd did not come up: " +
                           std::string(std::istreambuf_iterator<char>(in), {}));
}

void Sshd::stop() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace arcus::tests
