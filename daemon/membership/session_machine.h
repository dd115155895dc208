// What a joined node does about the events of its session: pure, so that every case can be tested
// without a ZooKeeper. Not thread-safe; the membership's thread owns it.
//
// Only ZooKeeper can say that the session is over. A node that is cut off keeps serving.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace arcus::daemon {

// Where the node stands. It is connecting before it has such a machine; from associated and lost it
// may go anywhere, from the others only a rejoin brings it back, with a new session and a new
// machine.
enum class Seat {
  kAssociated,  // connected, the own znode is there
  kLost,        // the connection is lost; the znode is there as far as known
  kExpired,     // ZooKeeper ended the session
  kAuthFailed,  // ZooKeeper does not want us
  kRemoved,     // somebody removed the znode
  kLeft,        // it was asked to leave
};
std::string_view seat_name(Seat seat);

struct SessionEvent {
  enum class Kind {
    kConnected,
    kDisconnected,
    kExpired,
    kAuthFailed,
    kNodesTouched,    // the watch on cache_list/<svc> fired
    kNodesListed,     // `children` were read, and a new watch is left
    kListFailed,
    kRetryDue,        // what kListNodesLater asked for
    kMappingTouched,  // the watch on the node's mapping fired
    kMappingRead,     // `children` are the clouds that it names
    kConfigTouched,   // the ensemble has other servers
    kAskedToLeave,
  };
  Kind kind = Kind::kConnected;
  std::vector<std::string> children{};
};

enum class SessionAction {
  kListNodes,       // read the children and leave a watch
  kListNodesLater,  // the same, after a pause
  kTellNodes,       // nodes() changed
  kReadMapping,     // read the clouds of the node's mapping and leave a watch
  kTellMapping,     // registered() changed
  kReadConfig,      // read the ensemble's servers and leave a watch
  kRemoveZnode,
  kEndSession,      // free what is left of the session
  kOut,             // the node is out of its cloud: it exits or, without fail-stop, is emptied
};

class SessionMachine {
 public:
  SessionMachine(std::string own_znode, std::string service)
      : own_znode_(std::move(own_znode)), service_(std::move(service)) {}

  std::vector<SessionAction> on(const SessionEvent& event);

  Seat seat() const { return seat_; }
  bool connected() const { return connected_; }
  // The own znode is there, as far as known.
  bool ready() const { return seat_ == Seat::kAssociated || seat_ == Seat::kLost; }
  // The mapping names the cloud that was joined. A node that is not registered any more serves on
  // until somebody stops it: its clients still know it.
  bool registered() const { return registered_; }
  const std::vector<std::string>& nodes() const { return nodes_; }

 private:
  std::vector<SessionAction> on_connected();
  std::vector<SessionAction> on_listed(const std::vector<std::string>& children);
  std::vector<SessionAction> on_mapping(const std::vector<std::string>& services);
  std::vector<SessionAction> out(Seat seat);

  std::string own_znode_;
  std::string service_;
  Seat seat_ = Seat::kAssociated;
  bool connected_ = true;
  bool registered_ = true;
  bool list_owed_ = false;  // to be read once connected; so the others
  bool mapping_owed_ = false;
  bool config_owed_ = false;
  std::vector<std::string> nodes_;
};

}  // namespace arcus::daemon
