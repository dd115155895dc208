#include "daemon/command/long_queries.h"

#include <algorithm>

#include "daemon/command/times.h"
#include "daemon/protocol/request.h"

namespace arcus::daemon {
namespace {

std::string stamp(std::time_t time) {
  return time == 0 ? "0_0" : local_time(time, "%Y%m%d_%H%M%S");
}

}  // namespace

bool LongQueries::start(std::uint32_t threshold) {
  const std::lock_guard lock(mutex_);
  if (state_ == State::kRunning) return false;
  found_ = {};
  threshold_ = threshold == 0 ? kUsualThreshold : threshold;
  begun_ = std::time(nullptr);
  ended_ = 0;
  state_ = State::kRunning;
  return true;
}

bool LongQueries::stop() {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kRunning) return false;
  state_ = State::kStopped;
  ended_ = std::time(nullptr);
  return true;
}

bool LongQueries::note(std::string_view client, std::string_view line, std::uint32_t elements) {
  const auto at = std::find_if(kCommands.begin(), kCommands.end(), [line](std::string_view name) {
    return line.starts_with(name) && line.substr(name.size()).starts_with(' ');
  });
  const std::lock_guard lock(mutex_);
  if (state_ != State::kRunning) return false;
  if (at == kCommands.end() || elements < threshold_) return true;
  Found& found = found_[static_cast<std::size_t>(at - kCommands.begin())];
  ++found.total;
  if (found.samples.size() == kMostSamples) return true;
  Words words(line.substr(at->size()));
  words.next();  // the key
  const std::string range(words.rest());
  if (std::find(found.ranges.begin(), found.ranges.end(), range) != found.ranges.end()) return true;
  found.ranges.push_back(range);
  found.samples.push_back(local_time(std::time(nullptr), "%H:%M:%S ") + std::string(client) + " <" +
                          std::to_string(elements) + "> " + std::string(line) + "\n");
  const bool full = std::all_of(found_.begin(), found_.end(), [](const Found& one) {
    return one.samples.size() == kMostSamples;
  });
  if (!full) return true;
  state_ = State::kFull;
  ended_ = std::time(nullptr);
  return false;
}

std::string LongQueries::show_text() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (std::size_t i = 0; i < kCommands.size(); ++i) {
    text += std::string(kCommands[i]) + " : " + std::to_string(found_[i].total) + "\n";
    for (const auto& sample : found_[i].samples) text += sample;
  }
  return text;
}

std::string LongQueries::stats_text() const {
  constexpr const char* kNames[] = {"stopped by explicit request",
                                    "stopped by long query overflow", "running"};
  const std::lock_guard lock(mutex_);
  std::uint64_t total = 0;
  for (const Found& found : found_) total += found.total;
  return std::string("\tLong query detection stats : ") + kNames[static_cast<int>(state_)] +
         "\n\tThe last running time : " + stamp(begun_) + " ~ " + stamp(ended_) +
         "\n\tThe number of total long query commands : " + std::to_string(total) +
         "\n\tThe detection threshold : " + std::to_string(threshold_) + "\n";
}

}  // namespace arcus::daemon
