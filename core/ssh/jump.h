// Jump: the way to a host through another one. It owns the session to the jump host and a thread
// that alone uses that session, carrying bytes between a direct-tcpip channel and one end of a
// socket pair; the other end is what the target's session talks to as if it were the network.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/ssh/libssh.h"
#include "core/ssh/session.h"

namespace arcus::ssh {

class Jump {
 public:
  // Has the jump host connect to host:port and starts the thread.
  static Result<std::unique_ptr<Jump>> open(std::unique_ptr<Session> session,
                                            const std::string& host, std::uint16_t port,
                                            const Wait& wait);
  ~Jump();  // stops and joins the thread

  UniqueFd take_socket() { return std::move(outer_); }

 private:
  Jump() = default;
  void pump();
  bool move_bytes(ssh_session session);  // false when either side has ended

  std::unique_ptr<Session> session_;
  ChannelHandle channel_;
  UniqueFd outer_, inner_;
  std::string to_target_, from_target_;  // on their way, bounded by kChunk
  bool target_closed_ = false;
  Cancel stop_;
  std::thread thread_;
};

// A turn at logging in to a jump host. All targets behind it come at once, and an sshd drops those
// who come while ten others have not logged in yet (MaxStartups). Any thread.
class JumpTurn {
 public:
  static Result<JumpTurn> take(const Wait& wait);
  ~JumpTurn();
  JumpTurn(JumpTurn&& other) noexcept : taken_(std::exchange(other.taken_, false)) {}
  JumpTurn& operator=(JumpTurn&&) = delete;

 private:
  JumpTurn() = default;
  bool taken_ = true;
};

}  // namespace arcus::ssh
