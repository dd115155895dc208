// How a cache node takes part in its cloud: it finds its service code in ZooKeeper, publishes
// itself as an ephemeral znode, and stays only as long as ZooKeeper says its session lives.
// Knows neither the network layer nor the store: what those must do is handed in as callbacks.
//
// Owned by main. join() and leave() are called from the main thread, the others from any; callbacks
// come from the membership's own thread, never after leave() returned.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "daemon/membership/ensemble.h"

namespace arcus::daemon {

struct MembershipOptions {
  std::string zklist;                                // -z
  std::uint16_t port = 0;                            // the port the engine listens on
  std::uint32_t memlimit_mb = 0;                     // the znode's data: "<memlimit>MB"
  std::chrono::milliseconds session_timeout{30000};  // -o
  // The session's id and password are kept here (mode 0600), so that the session of an engine that
  // died can be closed by whoever starts the next one. Empty: not kept.
  std::string session_file;
  // Overrides for what the node calls itself (ARCUS_CACHE_PUBLIC_IP,
  // ARCUS_CACHE_HOSTNAME_OVERWRITE); empty: found out.
  std::string public_ip;
  std::string hostname;
  Connect connect = real_ensemble();
};

struct MembershipCallbacks {
  // Called just before the node's znode is created: drop every item, so that nobody reads back what
  // was stored while the cloud did not count this node among its own.
  std::function<void()> drop_everything;
  // Whether a node that ZooKeeper put out of its cloud must exit (`config zkfailstop`); asked when
  // it happens. Not set: yes. Without it the node is emptied at once, since what it has grows
  // stale, and stays: out of its cloud, until rejoin().
  std::function<bool()> fail_stop;
  // The process must exit with this status, soon. Called at most once.
  std::function<void(int exit_status)> stop;
  // The children of cache_list/<svc> ("ip:port-host" each), at join and whenever they change.
  std::function<void(const std::vector<std::string>& children)> nodes_changed;
};

// What `stats zookeeper`, `ready` and the status page tell.
struct MembershipState {
  std::string service_code;
  std::string znode;  // the child's name, empty until joined
  std::int64_t session_id = 0;
  std::chrono::milliseconds session_timeout{0};
  bool connected = false;
  bool ready = false;
  bool registered = false;   // its mapping still names the cloud
  std::string_view seat;     // "associated", "lost", "expired", ...: see session_machine.h
};

class Membership {
 public:
  // Finds the mapping, waits out (or closes) a dead predecessor's znode, creates the own one and
  // logs "join". The listener must accept already. kNotFound: this node is not registered.
  static Result<std::unique_ptr<Membership>> join(MembershipOptions options,
                                                  MembershipCallbacks callbacks, Deadline deadline);
  ~Membership();

  // Takes the znode away at once and ends the session. Before draining connections.
  void leave();

  // Joins again after the node was put out or paused: empties it, and takes a new session.
  // kConflict when it is in its cloud.
  Status rejoin(Deadline deadline);
  // Leaves the cloud, emptied, without ending: until rejoin().
  Status pause(Deadline deadline);
  // The ensemble's addresses from now on, "host:port,host:port"; a session under way moves over.
  Status set_servers(const std::string& zklist);
  std::string servers() const;

  MembershipState state() const;

 private:
  struct Impl;
  explicit Membership(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace arcus::daemon
