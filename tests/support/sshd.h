// A real sshd for tests: on a free loopback port, as the user who runs the tests, with keys of its
// own in a temporary folder. Gone with the object, and with the test process if that is killed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace arcus::tests {

class Sshd {
 public:
  // Starts it; throws std::runtime_error when it doesn't come up. `more` is appended to its
  // configuration.
  explicit Sshd(const std::string& more = "", const std::string& max_startups = "100:30:200");
  ~Sshd();
  Sshd(const Sshd&) = delete;
  Sshd& operator=(const Sshd&) = delete;

  static bool installed();

  std::uint16_t port() const { return port_; }
  std::string client_key() const { return folder_ + "/client_key"; }
  std::string host_key_fingerprint() const;  // "SHA256:..."
  // A folder to leave files in; removed at the end.
  const std::string& folder() const { return folder_; }

  // The same port with another host key.
  void restart_with_new_host_key();
  void restart();

 private:
  void start();
  void stop();
  void write_config(const std::string& more, const std::string& max_startups) const;

  std::string folder_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace arcus::tests
