// What a joined node does about the events of its session: pure, so that every case can be tested
// without a ZooKeeper. Not thread-safe; the membership's thread owns it.
//
// Only ZooKeeper can say that the session is over. A node that is cut off keeps serving.
#pragma once

#include <string>
#include <vector>

namespace arcus::daemon {

struct SessionEvent {
  enum class Kind {
    kConnected,
    kDisconnected,
    kExpired,
    kNodesTouched,  // the watch on cache_list/<svc> fired
    kNodesListed,   // `children` were read, and a new watch is left
    kListFailed,
    kRetryDue,  // what kListNodesLater asked for
  };
  Kind kind = Kind::kConnected;
  std::vector<std::string> children{};
};

enum class SessionAction {
  kListNodes,       // read the children and leave a watch
  kListNodesLater,  // the same, after a pause
  kTellNodes,       // nodes() changed
  kEndSession,      // free what is left of an expired session
  kStop,            // the process must exit
};

class SessionMachine {
 public:
  SessionMachine(std::string own_znode, bool fail_stop)
      : own_znode_(std::move(own_znode)), fail_stop_(fail_stop) {}

  std::vector<SessionAction> on(const SessionEvent& event);

  bool connected() const { return connected_; }
  bool ready() const { return ready_; }  // the own znode is there, as far as known
  bool znode_removed() const { return znode_removed_; }
  const std::vector<std::string>& nodes() const { return nodes_; }

 private:
  std::vector<SessionAction> on_listed(const std::vector<std::string>& children);
  std::vector<SessionAction> on_expired();

  std::string own_znode_;
  bool fail_stop_;
  bool connected_ = true;
  bool ready_ = true;
  bool znode_removed_ = false;
  bool list_owed_ = false;  // to be read once connected
  std::vector<std::string> nodes_;
};

}  // namespace arcus::daemon
