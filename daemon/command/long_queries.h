// Long queries: samples of collection commands that touched many elements, for `lqdetect`. A command
// says how many in Call::elements; the rest is done where requests are attended to. Owned by the
// engine; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <ctime>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace arcus::daemon {

class LongQueries {
 public:
  static constexpr std::uint32_t kUsualThreshold = 4000;
  static constexpr std::size_t kMostSamples = 20;  // of a command

  // False: it is under way.
  bool start(std::uint32_t threshold);
  bool stop();
  // A command that was carried out: "lop get key 0..-1". False: it is over, with all samples taken.
  bool note(std::string_view client, std::string_view line, std::uint32_t elements);
  std::string show_text() const;
  std::string stats_text() const;

 private:
  enum class State { kStopped, kFull, kRunning };
  static constexpr std::array<std::string_view, 10> kCommands = {
      "sop get", "mop delete", "mop get",    "lop insert", "lop delete",
      "lop get", "bop delete", "bop get",    "bop count",  "bop gbp"};
  struct Found {
    std::uint64_t total = 0;
    std::vector<std::string> samples;
    std::vector<std::string> ranges;  // what they asked for, beside the key
  };

  mutable std::mutex mutex_;
  State state_ = State::kStopped;
  std::uint32_t threshold_ = kUsualThreshold;
  std::time_t begun_ = 0;
  std::time_t ended_ = 0;
  std::array<Found, kCommands.size()> found_;
};

}  // namespace arcus::daemon
