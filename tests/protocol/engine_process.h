// A real engine (or Debian's memcached) on a free loopback port, in a directory of its own; ended
// with the object. And a client that speaks to it in whole pieces, with a deadline on everything.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/unique_fd.h"

namespace arcus::tests {

struct EngineOptions {
  std::string binary = {};  // empty: the engine just built
  std::vector<std::string> arguments = {};
  std::vector<std::pair<std::string, std::string>> environment = {};
  bool wait_until_serving = true;
};

class EngineProcess {
 public:
  explicit EngineProcess(EngineOptions options = {});
  ~EngineProcess();
  EngineProcess(const EngineProcess&) = delete;
  EngineProcess& operator=(const EngineProcess&) = delete;

  static std::string built_engine();

  std::uint16_t port() const { return port_; }
  pid_t pid() const { return pid_; }
  const std::string& directory() const { return directory_; }
  void signal(int number) const;
  // The exit status (128 + signal when killed), or nothing if it still runs after that long.
  std::optional<int> wait_exit(int timeout_ms);
  std::string log() const;
  // The line it wrote to ARCUS_READY_FD, waiting for it; empty if none came.
  std::string ready_line(int timeout_ms);
  std::size_t resident_bytes() const;
  std::size_t open_descriptors() const;

 private:
  void start(const EngineOptions& options, int ready_write);
  bool find_port();

  std::string directory_;
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
  UniqueFd ready_;
  std::optional<int> status_;
};

class Client {
 public:
  // From the address `source` of this machine: 127.0.0.1, unless there is one.
  explicit Client(std::uint16_t port, const char* source = nullptr);
  explicit Client(const EngineProcess& engine, const char* source = nullptr)
      : Client(engine.port(), source) {}

  void send(std::string_view bytes);
  // Sends what the socket takes at once; how much that was.
  std::size_t send_some(std::string_view bytes);
  // Exactly that many bytes, or what had come when the time was up or the peer closed.
  std::string receive(std::size_t size, int timeout_ms = 5000);
  // A line without its CR LF, or an empty one (and at_end) when the peer closed.
  std::string line(int timeout_ms = 5000);
  // Sends and takes everything up to and with `end`.
  std::string ask(std::string_view request, std::string_view end = "\r\n");
  bool closed_by_peer(int timeout_ms = 5000);
  int fd() const { return fd_.get(); }

 private:
  bool fill(int timeout_ms);

  UniqueFd fd_;
  std::string pending_;
};

}  // namespace arcus::tests
