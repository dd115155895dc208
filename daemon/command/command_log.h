// Command log: writes every request's line into files, in the background; what comes faster than it
// can be written is skipped and counted. Owned by the engine; any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <ctime>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "core/base/unique_fd.h"
#include "daemon/command/command_filters.h"

namespace arcus::daemon {

class CommandLog {
 public:
  ~CommandLog();

  enum class Start { kStarted, kRunning, kFailed };
  // Files come into that folder, which must be there. `ended` is called when it ends by itself.
  Start start(const std::string& folder, unsigned port, std::function<void()> ended);
  // False: it was not running.
  bool stop();
  // Unless no filter wants it.
  void write(std::string_view client, std::string_view line);
  CommandFilters& filters() { return filters_; }
  std::string stats_text() const;

  static constexpr std::size_t kMostInFile = 10 << 20;
  static constexpr int kMostFiles = 10;

 private:
  enum class State { kNotStarted, kStopped, kFull, kFailed, kRunning };

  std::string file_name(const std::string& number) const;
  bool open_next();
  void run(const std::function<void()>& ended);
  State write_out(const std::string& text);

  CommandFilters filters_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = State::kNotStarted;
  std::string folder_;
  unsigned port_ = 0;
  std::time_t begun_ = 0;
  std::time_t ended_ = 0;
  std::uint64_t entered_ = 0;
  std::uint64_t skipped_ = 0;
  int files_ = 0;
  std::string buffer_;
  // Of the thread.
  UniqueFd file_;
  std::size_t in_file_ = 0;
  std::thread thread_;
};

}  // namespace arcus::daemon
