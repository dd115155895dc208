#include "daemon/membership/membership.h"

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "core/arcus/limits.h"
#include "core/base/log.h"
#include "core/zk/client.h"
#include "daemon/membership/joining.h"
#include "daemon/membership/own_name.h"
#include "daemon/membership/session_file.h"
#include "daemon/membership/session_machine.h"

namespace arcus::daemon {
namespace {

constexpr auto kListTimeout = std::chrono::seconds(10);
constexpr auto kListPause = std::chrono::seconds(1);
constexpr auto kLogTimeout = std::chrono::seconds(5);
// With zookeeper_close()'s own 1.5 s for a mute server, leave() takes 2 s at most.
constexpr auto kRemoveTimeout = std::chrono::milliseconds(500);

// From the ZooKeeper library's thread (which must not block) to the membership's.
class EventQueue {
 public:
  void push(SessionEvent event) {
    std::lock_guard lock(mutex_);
    if (closed_) return;
    events_.push_back(std::move(event));
    changed_.notify_all();
  }
  void retry_after(std::chrono::milliseconds pause) {
    std::lock_guard lock(mutex_);
    retry_ = Deadline::in(pause);
  }
  // Nothing when the queue is closed.
  std::optional<SessionEvent> pop() {
    std::unique_lock lock(mutex_);
    while (!closed_ && events_.empty()) {
      if (!retry_) {
        changed_.wait(lock);
      } else if (retry_->passed()) {
        retry_.reset();
        return SessionEvent{SessionEvent::Kind::kRetryDue};
      } else {
        changed_.wait_for(lock, retry_->left());
      }
    }
    if (closed_) return std::nullopt;
    SessionEvent event = std::move(events_.front());
    events_.pop_front();
    return event;
  }
  void close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  bool closed() {
    std::lock_guard lock(mutex_);
    return closed_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<SessionEvent> events_;
  std::optional<Deadline> retry_;
  bool closed_ = false;
};

std::optional<SessionEvent> event_of(zk::SessionState state) {
  switch (state) {
    case zk::SessionState::kConnected:
      return SessionEvent{SessionEvent::Kind::kConnected};
    case zk::SessionState::kConnecting:
      return SessionEvent{SessionEvent::Kind::kDisconnected};
    case zk::SessionState::kExpired:
    case zk::SessionState::kAuthFailed:
      return SessionEvent{SessionEvent::Kind::kExpired};
    case zk::SessionState::kClosed:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

struct Membership::Impl {
  Impl(MembershipOptions with, MembershipCallbacks calls)
      : options(std::move(with)), callbacks(std::move(calls)) {}

  void run(Deadline deadline, std::promise<Status> joined);
  Status join(Deadline deadline);
  void serve();
  void act(SessionAction action);
  void list_nodes();
  void stop();
  void publish_state();
  zk::SessionId saved_session() const;

  const MembershipOptions options;
  const MembershipCallbacks callbacks;
  std::shared_ptr<EventQueue> events = std::make_shared<EventQueue>();

  // Of the membership's thread; others may read them once join() is done.
  NodeName self;
  std::string service;
  std::unique_ptr<zk::Client> zk;
  std::optional<SessionMachine> machine;
  bool stopped = false;

  mutable std::mutex state_mutex;
  MembershipState state;

  std::thread thread;
};

void Membership::Impl::run(Deadline deadline, std::promise<Status> joined) {
  Status status = join(deadline);
  const bool ok = status.ok();
  joined.set_value(std::move(status));
  if (ok) serve();
}

zk::SessionId Membership::Impl::saved_session() const {
  if (options.session_file.empty()) return {};
  const auto saved = read_session_file(options.session_file);
  if (saved) return *saved;
  if (saved.error().code != ErrorCode::kNotFound) log::warning(saved.error().message);
  return {};
}

Status Membership::Impl::join(Deadline deadline) {
  auto name = own_name(options.zklist, options.port, options.public_ip, options.hostname);
  if (!name) return name.error();
  self = *name;

  zk::Options connection{.servers = options.zklist, .session_timeout = options.session_timeout};
  connection.on_state = [queue = events](zk::SessionState now) {
    if (auto event = event_of(now)) queue->push(std::move(*event));
  };
  auto client = zk::Client::connect(connection, deadline);
  if (!client) return client.error();
  zk = std::move(*client);

  auto code = find_service_code(*zk, self, deadline);
  if (!code) return code.error();
  service = *code;
  const zk::SessionId saved = saved_session();
  if (Status cleared = clear_predecessors(*zk, service, self, connection, saved, deadline);
      !cleared) {
    return cleared.error().in("joining cloud " + service);
  }

  // Before the znode: an engine that dies between the two leaves no znode without its session.
  if (!options.session_file.empty()) {
    const Status written = write_session_file(options.session_file, zk->session());
    if (!written) log::warning("keeping the session: " + written.error().message);
  }
  if (callbacks.drop_everything) callbacks.drop_everything();
  const Status created = create_own_znode(*zk, service, self, options.memlimit_mb, deadline);
  if (!created) return created.error().in("joining cloud " + service);

  machine.emplace(self.znode(), options.fail_stop);
  publish_state();
  log::info("joined cloud " + service + " as " + self.znode());
  const Status logged = write_server_log(*zk, self, "join", Deadline::in(kLogTimeout));
  if (!logged) log::warning("the join is not in ZooKeeper's log: " + logged.error().message);
  return {};
}

void Membership::Impl::serve() {
  list_nodes();
  while (auto event = events->pop()) {
    const bool was_connected = machine->connected();
    const auto actions = machine->on(*event);
    if (was_connected != machine->connected()) {
      log::warning(machine->connected() ? "connected to ZooKeeper again"
                                        : "lost the connection to ZooKeeper; serving on");
    }
    publish_state();
    for (const SessionAction action : actions) act(action);
  }
}

void Membership::Impl::act(SessionAction action) {
  switch (action) {
    case SessionAction::kListNodes:
      return list_nodes();
    case SessionAction::kListNodesLater:
      return events->retry_after(kListPause);
    case SessionAction::kTellNodes:
      if (callbacks.nodes_changed && !events->closed()) callbacks.nodes_changed(machine->nodes());
      return;
    case SessionAction::kEndSession:
      log::error("the ZooKeeper session expired; " + self.znode() + " left cloud " + service);
      return zk->close();
    case SessionAction::kStop:
      if (machine->znode_removed()) {
        log::error("somebody removed this node's znode " + self.znode() + " from cloud " + service);
      }
      return stop();
  }
}

void Membership::Impl::list_nodes() {
  auto listed =
      zk->children(znode::cache_list(service), Deadline::in(kListTimeout),
                   [queue = events] { queue->push({SessionEvent::Kind::kNodesTouched}); });
  if (listed) {
    events->push({SessionEvent::Kind::kNodesListed, std::move(listed->names)});
  } else if (listed.error().code == ErrorCode::kNotFound) {
    events->push({SessionEvent::Kind::kNodesListed});  // the cloud is gone, and our znode with it
  } else {
    events->push({SessionEvent::Kind::kListFailed});
  }
}

void Membership::Impl::stop() {
  if (stopped || events->closed()) return;
  stopped = true;
  if (callbacks.stop) callbacks.stop(kExitSessionExpired);
}

void Membership::Impl::publish_state() {
  std::lock_guard lock(state_mutex);
  state.service_code = service;
  state.znode = self.znode();
  state.session_id = zk->session().id;
  state.session_timeout = zk->session_timeout();
  state.connected = machine->connected();
  state.ready = machine->ready();
}

Membership::Membership(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Membership::~Membership() {
  leave();
}

Result<std::unique_ptr<Membership>> Membership::join(MembershipOptions options,
                                                     MembershipCallbacks callbacks,
                                                     Deadline deadline) {
  auto impl = std::make_unique<Impl>(std::move(options), std::move(callbacks));
  std::promise<Status> promise;
  std::future<Status> joined = promise.get_future();
  impl->thread = std::thread(&Impl::run, impl.get(), deadline, std::move(promise));
  const Status status = joined.get();
  if (!status) {
    impl->thread.join();
    return status.error();
  }
  return std::unique_ptr<Membership>(new Membership(std::move(impl)));
}

void Membership::leave() {
  Impl& impl = *impl_;
  if (!impl.thread.joinable()) return;
  impl.events->close();
  // Not when the znode was lost: one of that name would be another engine's by now.
  if (impl.zk->state() == zk::SessionState::kConnected && state().ready) {
    const Status removed = impl.zk->remove(znode::cache_list(impl.service, impl.self.znode()), -1,
                                           Deadline::in(kRemoveTimeout));
    const bool gone = removed || removed.error().code == ErrorCode::kNotFound;
    if (gone && !impl.options.session_file.empty()) remove_session_file(impl.options.session_file);
    if (!gone) log::warning("leaving: " + removed.error().message);
  }
  impl.zk->close();
  impl.thread.join();
  std::lock_guard lock(impl.state_mutex);
  impl.state.znode.clear();
  impl.state.connected = false;
  impl.state.ready = false;
}

MembershipState Membership::state() const {
  std::lock_guard lock(impl_->state_mutex);
  return impl_->state;
}

}  // namespace arcus::daemon
