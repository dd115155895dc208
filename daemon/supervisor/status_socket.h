// The socket DIR/run/<node>/socket: whoever connects is told the node's status, one line of JSON,
// by the supervisor itself, and so learns also that it does its work. Of the supervisor's thread;
// never waits for a client.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace arcus::daemon {

class StatusSocket {
 public:
  // Listens at `path`, which may be relative: those have no 108 bytes to fit in.
  static Result<StatusSocket> listen(const std::string& path);

  int fd() const { return socket_.get(); }
  // After fd() became readable: tells everybody who waits.
  void answer(const std::string& line) const;

 private:
  UniqueFd socket_;
};

// What the supervisor of the run directory `dir_fd` says, waiting at most two seconds.
Result<std::string> ask_supervisor(int dir_fd);

}  // namespace arcus::daemon
