// The inside of Membership, private to this folder: what its thread does, and what others may read.
#pragma once

#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "daemon/membership/event_queue.h"
#include "daemon/membership/joining.h"
#include "daemon/membership/membership.h"

namespace arcus::daemon {

struct Membership::Impl {
  Impl(MembershipOptions with, MembershipCallbacks calls)
      : options(std::move(with)), callbacks(std::move(calls)), servers(options.zklist) {}

  void run(Deadline deadline, std::promise<Status> joined);
  Status join(Deadline deadline, const std::string& how);
  Status connect(Deadline deadline);
  Status rejoin(Deadline deadline);
  Status pause();
  // Has the membership's thread do it, and waits.
  Status ask(std::function<Status()> work, Deadline deadline);
  void serve();
  void handle(const SessionEvent& event);
  void act(SessionAction action);
  zk::Watch watch(SessionEvent::Kind kind) const;
  void push(SessionEvent event) { events->push(EventQueue::Event{session, std::move(event)}); }
  void list_nodes();
  void read_mapping();
  void read_config();
  Status remove_znode();
  void out();
  void publish_state();
  zk::SessionId saved_session() const;
  std::shared_ptr<Ensemble> ensemble() const {
    const std::lock_guard lock(state_mutex);
    return zk;
  }
  std::string server_list() const {
    const std::lock_guard lock(state_mutex);
    return servers;
  }

  const MembershipOptions options;
  const MembershipCallbacks callbacks;
  std::shared_ptr<EventQueue> events = std::make_shared<EventQueue>();

  // Of the membership's thread; others may read name and registration once join() is done.
  NodeName self;
  Registration registration;
  std::optional<SessionMachine> machine;
  int session = 0;  // counts them
  bool stopped = false;

  mutable std::mutex state_mutex;
  std::shared_ptr<Ensemble> zk;
  std::string servers;
  MembershipState state;

  std::thread thread;
};

}  // namespace arcus::daemon
