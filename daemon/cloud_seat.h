// The node's place in its cloud: joins on a thread of its own, so that a signal is heard meanwhile,
// and tells the engine what the cloud says. Made by main; start_joining(), joined_fd() and leave()
// are main's, the others any thread's.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "daemon/command/engine.h"
#include "daemon/membership/membership.h"

namespace arcus::daemon {

class CloudSeat {
 public:
  CloudSeat(Engine& engine, std::uint16_t port) : engine_(engine), port_(port) {}
  ~CloudSeat();

  void start_joining();
  // Readable when the node has joined or could not: then error() says why.
  int joined_fd() const { return joined_.fd(); }
  bool joined() const { return joined_.requested(); }
  std::optional<Error> error() const;

  MembershipState membership_state() const;
  CloudState state() const;

  // Errors also while it has not joined yet.
  std::string servers() const;
  Status set_servers(const std::string& servers);
  // After it was put out; waits until it is in, for some seconds at most.
  Status rejoin();

  void leave();

 private:
  Deadline deadline() const;
  MembershipOptions options() const;
  MembershipCallbacks callbacks() const;
  // Null until it has joined; then it stays. Whatever takes long is done without the lock.
  Membership* membership() const;

  Engine& engine_;
  const std::uint16_t port_;
  mutable std::mutex mutex_;
  std::unique_ptr<Membership> membership_;
  std::optional<Error> error_;
  Cancel joined_;
  std::thread joining_;
};

}  // namespace arcus::daemon
