// Key dump: writes the keys of the store, or of a prefix, into a file, in the background. Owned by the
// engine; any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "daemon/command/walk.h"
#include "daemon/store/store.h"

namespace arcus::daemon {

class KeyDump {
 public:
  struct Options {
    std::string path;
    std::optional<std::string> prefix;  // none: everything; empty: the keys without one
    char delimiter = ':';
  };
  struct State {
    bool running = false;
    bool success = false;
    Options options;
    Seconds started = 0;  // 0: never
    Seconds stopped = 0;
    std::uint64_t dumped = 0;
    std::uint64_t seen = 0;
  };

  // `now` is asked for the time. Refuses a file that is there already, since any client may ask.
  Status start(Store& store, std::function<Seconds()> now, Options options);
  void stop() { walk_.stop(); }
  State state() const;

 private:
  bool dump_some(Store& store, Seconds now);
  void finish(bool stopped, Seconds now);
  bool write_out();

  mutable std::mutex mutex_;  // of the state
  State state_;
  // Of the walk.
  UniqueFd file_;
  std::uint64_t cursor_ = 0;
  std::string buffer_;
  bool failed_ = false;
  Walk walk_;  // ends before what it uses
};

}  // namespace arcus::daemon
