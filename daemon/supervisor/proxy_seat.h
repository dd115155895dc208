// The seat in its cloud of an engine that takes none itself (stock memcached): the supervisor joins
// for it while the engine passes its probes, and leaves when it does not. Owned by the supervisor's
// thread; joining blocks, and so has a thread of its own.
//
// Before the znode appears the engine is emptied by flush_all, since nobody may read back what was
// stored while the cloud did not count the node. When ZooKeeper puts the node out, the engine must
// be replaced: state() is kOut.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "core/base/unique_fd.h"
#include "daemon/membership/membership.h"

namespace arcus::daemon {

class ProxySeat {
 public:
  enum class State { kNone, kJoining, kJoined, kFailed, kOut };

  struct Options {
    MembershipOptions membership;
    std::string engine_ip;  // where flush_all goes
  };

  explicit ProxySeat(Options options);
  ~ProxySeat();

  State state() const { return state_; }
  // Readable when the state has changed by itself, until take_change().
  int fd() const { return changed_.get(); }
  State take_change();
  void start_joining();
  // The znode goes, and with it all that was begun.
  void leave();
  // After kJoined.
  MembershipState membership() const { return membership_->state(); }
  // After kFailed.
  const std::string& trouble() const { return trouble_; }

 private:
  void join();
  void empty_engine();
  void become(State state);
  void tell();

  const Options options_;
  std::atomic<State> state_ = State::kNone;
  UniqueFd changed_;
  std::atomic<bool> not_emptied_ = false;
  std::unique_ptr<Membership> membership_;
  std::string trouble_;
  std::thread joining_;
};

}  // namespace arcus::daemon
