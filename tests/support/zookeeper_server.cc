#include "tests/support/zookeeper_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "core/base/unique_fd.h"

namespace arcus::tests {
namespace {

using namespace std::chrono_literals;
constexpr auto kStartTimeout = 30s;

// Also true when the process is gone.
bool all_threads_stopped(pid_t pid) {
  std::error_code ignored;
  const std::filesystem::path tasks = "/proc/" + std::to_string(pid) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks, ignored)) {
    std::ifstream file(task.path() / "stat");
    std::string stat;
    std::getline(file, stat);
    const auto state = stat.rfind(") ");
    if (state != std::string::npos &&
        std::string("TtZX").find(stat[state + 2]) == std::string::npos) {
      return false;
    }
  }
  return true;
}

const std::vector<std::string>& jars() {
  static const std::vector<std::string> paths = [] {
    std::vector<std::string> found;
    for (const char* name : {"metrics-core", "snappy-java", "slf4j-api", "slf4j-jdk14",
                             "zookeeper-jute", "zookeeper"}) {
      found.push_back(std::string("/usr/share/java/") + name + ".jar");
    }
    return found;
  }();
  return paths;
}

std::string class_path() {
  std::string path;
  for (const std::string& jar : jars()) path += (path.empty() ? "" : ":") + jar;
  return path;
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

// Holds the port until the returned descriptor closes.
UniqueFd reserve_port(std::uint16_t& port) {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd.get(), raw, size) != 0 || ::getsockname(fd.get(), raw, &size) != 0) {
    throw std::runtime_error("no free loopback port");
  }
  port = ntohs(address.sin_port);
  return fd;
}

}  // namespace

bool ZooKeeperServer::available() {
  for (const std::string& jar : jars()) {
    if (!std::filesystem::exists(jar)) return false;
  }
  return std::system("java -version >/dev/null 2>&1") == 0;
}

ZooKeeperServer::ZooKeeperServer(ZooKeeperOptions options) : options_(std::move(options)) {
  std::string pattern =
      (std::filesystem::temp_directory_path() / "arcus-zookeeper-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  directory_ = pattern;
  members_.resize(index(options_.servers));
  choose_ports();
  for (std::size_t i = 0; i < members_.size(); ++i) {
    write_configuration(i);
    spawn(i);
  }
  try {
    for (std::size_t i = 0; i < members_.size(); ++i) wait_ready(i);
  } catch (...) {
    for (std::size_t i = 0; i < members_.size(); ++i) end(i, SIGKILL);
    throw;
  }
}

ZooKeeperServer::~ZooKeeperServer() {
  for (std::size_t i = 0; i < members_.size(); ++i) end(i, SIGKILL);
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void ZooKeeperServer::choose_ports() {
  std::vector<UniqueFd> reserved;
  for (Member& member : members_) {
    reserved.push_back(reserve_port(member.client_port));
    reserved.push_back(reserve_port(member.quorum_port));
    reserved.push_back(reserve_port(member.election_port));
  }
}

void ZooKeeperServer::write_configuration(std::size_t server) const {
  const std::string directory = directory_ + "/" + std::to_string(server + 1);
  std::filesystem::create_directories(directory + "/data");
  std::ofstream(directory + "/data/myid") << server + 1 << '\n';
  std::ofstream config(directory + "/zoo.cfg");
  config << "tickTime=" << options_.tick_ms << "\ninitLimit=20\nsyncLimit=10\nmaxClientCnxns=0\n"
         << "maxSessionTimeout=" << options_.max_session_timeout_ms << '\n'
         << "dataDir=" << directory << "/data\n"
         << "clientPortAddress=127.0.0.1\nclientPort=" << members_[server].client_port << '\n'
         << "4lw.commands.whitelist=" << options_.four_letter_words << '\n';
  if (members_.size() == 1) return;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    config << "server." << i + 1 << "=127.0.0.1:" << members_[i].quorum_port << ':'
           << members_[i].election_port << '\n';
  }
}

void ZooKeeperServer::spawn(std::size_t server) {
  const std::string directory = directory_ + "/" + std::to_string(server + 1);
  const std::string config = directory + "/zoo.cfg";
  const std::string path = class_path();
  std::vector<const char*> arguments = {"java",
                                        "-XX:TieredStopAtLevel=1",
                                        "-XX:+UseSerialGC",
                                        "-XX:-UsePerfData",
                                        "-Xmx128m",
                                        "-Dzookeeper.preAllocSize=64",
                                        "-Dzookeeper.forceSync=no",
                                        "-Dzookeeper.admin.enableServer=false",
                                        "-cp",
                                        path.c_str(),
                                        "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                                        config.c_str(),
                                        nullptr};
  const UniqueFd log(
      ::open((directory + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    ::dup2(log.get(), 1);
    ::dup2(log.get(), 2);
    ::execvp("java", const_cast<char* const*>(arguments.data()));
    ::_exit(127);
  }
  members_[server].pid = child;
}

void ZooKeeperServer::wait_ready(std::size_t server) const {
  const auto deadline = std::chrono::steady_clock::now() + kStartTimeout;
  while (std::chrono::steady_clock::now() < deadline) {
    if (ask("srvr", static_cast<int>(server)).find("Mode: ") != std::string::npos) return;
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(members_[server].pid), &info, WEXITED | WNOHANG | WNOWAIT);
    if (info.si_pid != 0) break;
    std::this_thread::sleep_for(20ms);
  }
  throw std::runtime_error("ZooKeeper server " + std::to_string(server + 1) +
                           " did not start; the end of its log:\n" + log_end(server));
}

void ZooKeeperServer::end(std::size_t server, int signal) {
  pid_t& pid = members_[server].pid;
  if (pid < 0) return;
  ::kill(pid, signal);
  ::kill(pid, SIGCONT);
  ::waitpid(pid, nullptr, 0);
  pid = -1;
}

void ZooKeeperServer::stop(int server) {
  end(index(server), SIGTERM);
}
void ZooKeeperServer::kill(int server) {
  end(index(server), SIGKILL);
}

void ZooKeeperServer::start(int server) {
  spawn(index(server));
  wait_ready(index(server));
}

void ZooKeeperServer::pause(int server) {
  const pid_t pid = members_[index(server)].pid;
  ::kill(pid, SIGSTOP);
  // A thread on another processor goes on for a moment, and might still answer.
  while (!all_threads_stopped(pid)) std::this_thread::sleep_for(1ms);
}
void ZooKeeperServer::unpause(int server) {
  ::kill(members_[index(server)].pid, SIGCONT);
}

std::string ZooKeeperServer::servers() const {
  std::string list;
  for (const Member& member : members_) {
    list += (list.empty() ? "127.0.0.1:" : ",127.0.0.1:") + std::to_string(member.client_port);
  }
  return list;
}

std::string ZooKeeperServer::ask(const std::string& word, int server) const {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback(port(server));
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return "";
  }
  if (::send(fd.get(), word.data(), word.size(), MSG_NOSIGNAL) < 0) return "";
  std::string answer;
  char buffer[4096];
  pollfd entry{fd.get(), POLLIN, 0};
  while (::poll(&entry, 1, 1000) > 0) {
    const ssize_t got = ::recv(fd.get(), buffer, sizeof buffer, 0);
    if (got <= 0) return answer;
    answer.append(buffer, static_cast<std::size_t>(got));
  }
  return "";
}

std::string ZooKeeperServer::log_end(std::size_t server) const {
  std::ifstream file(directory_ + "/" + std::to_string(server + 1) + "/log");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return text.size() > 3000 ? text.substr(text.size() - 3000) : text;
}

}  // namespace arcus::tests
