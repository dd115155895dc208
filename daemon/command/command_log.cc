#include "daemon/command/command_log.h"

#include <fcntl.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <utility>

#include "core/base/log.h"
#include "daemon/command/times.h"

namespace arcus::daemon {
namespace {

constexpr std::size_t kMostBuffered = 10 << 20;
constexpr std::size_t kMostLine = 400;
constexpr std::chrono::milliseconds kPause{50};

std::string stamp(std::time_t time) {
  return time == 0 ? "0_0" : local_time(time, "%Y%m%d_%H%M%S");
}

std::string time_of_day() {
  timeval now{};
  gettimeofday(&now, nullptr);
  std::array<char, 8> micros{};
  std::snprintf(micros.data(), micros.size(), ".%06ld", static_cast<long>(now.tv_usec));
  return local_time(now.tv_sec, "%H:%M:%S") + micros.data();
}

}  // namespace

CommandLog::~CommandLog() {
  stop();
  if (thread_.joinable()) thread_.join();
}

std::string CommandLog::file_name(const std::string& number) const {
  return folder_ + "/command_" + std::to_string(port_) + "_" + stamp(begun_) + "_" + number +
         ".log";
}

bool CommandLog::open_next() {
  const std::string name = file_name(std::to_string(files_));
  file_.reset(open(name.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  in_file_ = 0;
  if (!file_) {
    log::warning("the command log " + name + " cannot be opened: " + std::strerror(errno));
    return false;
  }
  ++files_;
  return true;
}

CommandLog::Start CommandLog::start(const std::string& folder, unsigned port,
                                    std::function<void()> ended) {
  std::unique_lock lock(mutex_);
  if (state_ == State::kRunning) return Start::kRunning;
  // The thread is past its last use of the lock, or about to be.
  if (thread_.joinable()) {
    std::thread last = std::exchange(thread_, std::thread());
    lock.unlock();
    last.join();
    lock.lock();
    if (state_ == State::kRunning) return Start::kRunning;
  }
  folder_ = folder;
  port_ = port;
  begun_ = std::time(nullptr);
  ended_ = 0;
  entered_ = skipped_ = 0;
  files_ = 0;
  buffer_.clear();
  if (!open_next()) return Start::kFailed;
  state_ = State::kRunning;
  thread_ = std::thread([this, ended = std::move(ended)] { run(ended); });
  return Start::kStarted;
}

bool CommandLog::stop() {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kRunning) return false;
  state_ = State::kStopped;
  ended_ = std::time(nullptr);
  changed_.notify_all();
  return true;
}

void CommandLog::write(std::string_view client, std::string_view line) {
  if (!filters_.want(line)) return;
  std::string text = time_of_day() + " ";
  text += client;
  text += ' ';
  text += line;
  if (text.size() >= kMostLine) {
    text.resize(kMostLine - 3);
    text += "..";
  }
  text += '\n';
  const std::lock_guard lock(mutex_);
  if (state_ != State::kRunning) return;
  ++entered_;
  if (buffer_.size() + text.size() > kMostBuffered) {
    ++skipped_;
  } else {
    buffer_ += text;
  }
}

void CommandLog::run(const std::function<void()>& ended) {
  std::unique_lock lock(mutex_);
  State state = State::kRunning;
  while (state == State::kRunning) {
    changed_.wait_for(lock, kPause, [this] { return state_ != State::kRunning; });
    state = state_;
    const std::string text = std::exchange(buffer_, {});
    lock.unlock();
    const State after = write_out(text);
    lock.lock();
    if (after != State::kRunning) state = after;
  }
  file_.reset();
  if (state_ != State::kRunning) return;
  state_ = state;
  ended_ = std::time(nullptr);
  lock.unlock();
  ended();
}

CommandLog::State CommandLog::write_out(const std::string& text) {
  if (text.empty()) return State::kRunning;
  const auto size = static_cast<ssize_t>(text.size());
  if (::write(file_.get(), text.data(), text.size()) != size) {
    log::warning("the command log cannot be written");
    return State::kFailed;
  }
  in_file_ += text.size();
  if (in_file_ < kMostInFile) return State::kRunning;
  const std::lock_guard lock(mutex_);
  if (files_ == kMostFiles) return State::kFull;
  return open_next() ? State::kRunning : State::kFailed;
}

std::string CommandLog::stats_text() const {
  constexpr const char* kNames[] = {"Not started", "stopped by explicit request",
                                    "stopped by command log overflow",
                                    "stopped by disk flush error", "running"};
  const std::lock_guard lock(mutex_);
  return std::string("\tCommand logging stats : ") + kNames[static_cast<int>(state_)] +
         "\n\tThe last running time : " + stamp(begun_) + " ~ " + stamp(ended_) +
         "\n\tThe number of entered commands : " + std::to_string(entered_) +
         "\n\tThe number of skipped commands : " + std::to_string(skipped_) +
         "\n\tThe number of log files : " + std::to_string(files_) +
         "\n\tThe log file name: " + file_name("{n}") + "\n";
}

}  // namespace arcus::daemon
