// The flushes of prefixes that are due later; the sweeper carries them out. Any thread.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/store/store.h"

namespace arcus::daemon {

class PrefixFlushes {
 public:
  // False: too many are waiting. Of one prefix the latest call counts.
  bool add(const std::string& prefix, Seconds at);
  // Carries out those whose time has come; one thread. Returns when it is done, having held each
  // lock of the store for a moment at a time.
  void carry_out(Store& store, char delimiter, Seconds now);

 private:
  static constexpr std::size_t kMost = 1000;
  struct Flush {
    std::string prefix;
    Seconds at;
  };

  std::mutex mutex_;
  std::vector<Flush> waiting_;
};

}  // namespace arcus::daemon
