// A directory that other users can look into and that goes away with the test.
#pragma once

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace arcus::daemon {

class TempDir {
 public:
  TempDir() {
    char name[] = "/tmp/arcus-supervise-test-XXXXXX";
    path_ = ::mkdtemp(name) != nullptr ? name : "";
    ::chmod(path_.c_str(), 0755);
  }
  ~TempDir() { std::filesystem::remove_all(path_); }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace arcus::daemon
