// A real ZooKeeper for tests: one standalone server, or an ensemble on loopback, from Debian's
// libzookeeper-java on a headless JRE, with its data in a temporary directory that goes with the
// object. The servers die with the test process. One test thread at a time.
//
// The class path is the smallest that runs a standalone server, an ensemble and every four-letter
// word: metrics-core, snappy-java (its classes, not its native library), slf4j-api with the binding
// slf4j-jdk14, zookeeper-jute and zookeeper. Debian's zookeeper.jar names no binding; it goes last,
// because java inserts the absolute Class-Path of its manifest right behind it. Netty, Jetty and
// Jackson are needed only for TLS and the admin server.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace arcus::tests {

struct ZooKeeperOptions {
  int servers = 1;
  int tick_ms = 500;  // sessions live for at least two ticks
  int max_session_timeout_ms = 4000;
  std::string four_letter_words = "*";
};

class ZooKeeperServer {
 public:
  // Java and the jars are installed; tests skip themselves otherwise.
  static bool available();

  // Starts all servers and waits until they answer. Throws std::runtime_error with the end of the
  // server's log when they don't.
  explicit ZooKeeperServer(ZooKeeperOptions options = {});
  ~ZooKeeperServer();
  ZooKeeperServer(const ZooKeeperServer&) = delete;
  ZooKeeperServer& operator=(const ZooKeeperServer&) = delete;

  std::string servers() const;  // "127.0.0.1:port,..."
  std::uint16_t port(int server = 0) const { return members_[index(server)].client_port; }

  // Faults, of one member. Data and port survive.
  void stop(int server = 0);   // SIGTERM, gone when it returns
  void kill(int server = 0);   // SIGKILL
  void start(int server = 0);  // after stop or kill; answers when it returns
  void pause(int server = 0);  // SIGSTOP: connects, never answers
  void unpause(int server = 0);

  // The whole answer to a four-letter word; empty when there is none within a second.
  std::string ask(const std::string& word, int server = 0) const;

 private:
  struct Member {
    std::uint16_t client_port = 0;
    std::uint16_t quorum_port = 0;
    std::uint16_t election_port = 0;
    pid_t pid = -1;
  };

  static std::size_t index(int server) { return static_cast<std::size_t>(server); }
  void choose_ports();
  void write_configuration(std::size_t server) const;
  void spawn(std::size_t server);
  void wait_ready(std::size_t server) const;
  void end(std::size_t server, int signal);
  std::string log_end(std::size_t server) const;

  ZooKeeperOptions options_;
  std::string directory_;
  std::vector<Member> members_;
};

}  // namespace arcus::tests
