// One connection of the generator: sends slices of the script, and sees to it that every request
// gets one reply, of its kind, in order. Belongs to a worker thread.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "tests/bench/load/content.h"
#include "tests/bench/load/options.h"
#include "tests/bench/load/replies.h"
#include "tests/bench/load/script.h"
#include "tests/bench/load/tally.h"
#include "tests/bench/load/time.h"

namespace arcus::bench {

// What the connections of a thread share.
struct Workplace {
  const Options& options;
  const Script& script;
  Tally& tally;
  Window window;
  std::vector<char> buffer;
};

// Blocking only until it is connected.
Result<UniqueFd> connect_to(const Options& options);

class Connection {
 public:
  // `first` is the request of the script to begin with.
  Connection(UniqueFd fd, const Options& options, std::size_t first);

  int fd() const { return fd_.get(); }
  std::size_t in_flight() const { return in_flight_; }
  bool wants_to_write() const { return due_ > 0; }

  // `count` more requests are due, and timed from `time`.
  void add(std::size_t count, Nanoseconds time);
  // Sends what is due as far as the socket takes it.
  Status flush(const Script& script);
  // Reads once.
  Status receive(Workplace& place);

  bool watched_for_writing = false;  // the worker's note

 private:
  struct Batch {
    Nanoseconds time;
    std::size_t left;
  };

  Status take(std::string_view& bytes, Workplace& place, Nanoseconds now);
  Status take_reply(const ReplyEvent& event, Workplace& place, Nanoseconds now);
  void begin_value(const ReplyEvent& event, Workplace& place);
  void end_value(Workplace& place);
  void answered(Workplace& place, Nanoseconds now);

  UniqueFd fd_;
  ReplyParser parser_;
  ValueCheck check_;
  bool verify_;
  bool errors_end_;  // an error is a whole reply

  std::size_t send_at_;      // the request of the script that goes next
  std::size_t due_ = 0;      // how many may go
  std::size_t partial_ = 0;  // bytes of them that have gone

  std::size_t reply_at_;
  std::size_t in_flight_ = 0;
  std::deque<Batch> batches_;

  std::string rest_;          // received, not yet a whole line
  std::size_t values_ = 0;    // of the reply that is arriving
  std::size_t next_key_ = 0;  // of the request: values come in the order of its keys
  bool asked_for_ = true;     // the value that is arriving
};

}  // namespace arcus::bench
