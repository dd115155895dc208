#include "daemon/membership/membership_impl.h"

#include "core/arcus/limits.h"
#include "core/base/log.h"
#include "daemon/membership/own_name.h"
#include "daemon/membership/session_file.h"

namespace arcus::daemon {
namespace {

using Kind = SessionEvent::Kind;

constexpr auto kListTimeout = std::chrono::seconds(10);
constexpr auto kListPause = std::chrono::seconds(1);
constexpr auto kLogTimeout = std::chrono::seconds(5);
// With zookeeper_close()'s own 1.5 s for a mute server, leave() takes 2 s at most.
constexpr auto kRemoveTimeout = std::chrono::milliseconds(500);
constexpr const char* kEnsembleConfig = "/zookeeper/config";

std::optional<Kind> kind_of(zk::SessionState state) {
  switch (state) {
    case zk::SessionState::kConnected:
      return Kind::kConnected;
    case zk::SessionState::kConnecting:
      return Kind::kDisconnected;
    case zk::SessionState::kExpired:
      return Kind::kExpired;
    case zk::SessionState::kAuthFailed:
      return Kind::kAuthFailed;
    case zk::SessionState::kClosed:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

void Membership::Impl::run(Deadline deadline, std::promise<Status> joined) {
  Status status = join(deadline, "join");
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

Status Membership::Impl::connect(Deadline deadline) {
  zk::Options connection{.servers = server_list(), .session_timeout = options.session_timeout};
  connection.on_state = [queue = events, number = ++session](zk::SessionState now) {
    if (const auto kind = kind_of(now)) queue->push(EventQueue::Event{number, {*kind}});
  };
  auto opened = options.connect(std::move(connection), deadline);
  if (!opened) return opened.error();
  const std::lock_guard lock(state_mutex);
  zk = *std::move(opened);
  return {};
}

Status Membership::Impl::join(Deadline deadline, const std::string& how) {
  auto name = own_name(server_list(), options.port, options.public_ip, options.hostname);
  if (!name) return name.error();
  self = *name;
  if (Status connected = connect(deadline); !connected) return connected;
  auto found = find_registration(*zk, self, deadline);
  if (!found) return found.error();
  registration = *found;
  const std::string& service = registration.service;
  zk::Options more{.servers = server_list(), .session_timeout = options.session_timeout};
  if (Status cleared = clear_predecessors(*zk, service, self,
                                          {options.connect, more, saved_session()}, deadline);
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

  machine.emplace(self.znode(), service);
  publish_state();
  log::info("joined cloud " + service + " as " + self.znode());
  const Status logged = write_server_log(*zk, self, how, Deadline::in(kLogTimeout));
  if (!logged) log::warning("the join is not in ZooKeeper's log: " + logged.error().message);
  list_nodes();
  read_mapping();
  const auto config =
      zk->exists(kEnsembleConfig, Deadline::in(kListTimeout), watch(Kind::kConfigTouched));
  if (!config) log::debug("not watching the ensemble's servers: " + config.error().message);
  return {};
}

Status Membership::Impl::rejoin(Deadline deadline) {
  if (machine->ready()) return Error{ErrorCode::kConflict, "the node is in its cloud", false};
  zk->close();
  Status joined = join(deadline, "rejoin");
  if (joined) return {};
  zk->close();
  publish_state();
  return joined.error().in("rejoining");
}

Status Membership::Impl::pause() {
  if (!machine->ready()) return Error{ErrorCode::kConflict, "the node is out already", false};
  handle({Kind::kAskedToLeave});
  return {};
}

Status Membership::Impl::ask(std::function<Status()> work, Deadline deadline) {
  auto promise = std::make_shared<std::promise<Status>>();
  auto answer = promise->get_future();
  const bool taken = events->push(EventQueue::Task([promise, work = std::move(work)] {
    promise->set_value(work());
  }));
  promise.reset();
  const Error leaving{ErrorCode::kRefused, "the node is leaving its cloud", false};
  if (!taken) return leaving;
  if (answer.wait_for(deadline.left()) != std::future_status::ready) {
    return Error{ErrorCode::kTimeout, "not done in time; it may be yet", true};
  }
  try {
    return answer.get();
  } catch (const std::future_error&) {
    return leaving;  // dropped with the queue
  }
}

void Membership::Impl::serve() {
  while (auto item = events->pop()) {
    if (const auto* task = std::get_if<EventQueue::Task>(&*item)) {
      (*task)();
    } else if (const auto& event = std::get<EventQueue::Event>(*item); event.session == session) {
      handle(event.what);
    }
  }
}

void Membership::Impl::handle(const SessionEvent& event) {
  const Seat before = machine->seat();
  const auto actions = machine->on(event);
  if (before != machine->seat() && machine->ready()) {
    log::warning(machine->connected() ? "connected to ZooKeeper again"
                                      : "lost the connection to ZooKeeper; serving on");
  }
  publish_state();
  for (const SessionAction action : actions) act(action);
}

void Membership::Impl::act(SessionAction action) {
  switch (action) {
    case SessionAction::kListNodes:
      return list_nodes();
    case SessionAction::kListNodesLater:
      return events->retry_after(kListPause, session);
    case SessionAction::kTellNodes:
      if (callbacks.nodes_changed && !events->closed()) callbacks.nodes_changed(machine->nodes());
      return;
    case SessionAction::kReadMapping:
      return read_mapping();
    case SessionAction::kTellMapping:
      return log::warning(machine->registered()
                              ? "registered in cloud " + registration.service + " again"
                              : "no longer registered in cloud " + registration.service +
                                    "; serving on until it is stopped");
    case SessionAction::kReadConfig:
      return read_config();
    case SessionAction::kRemoveZnode:
      if (const Status removed = remove_znode(); !removed) log::warning(removed.error().message);
      return;
    case SessionAction::kEndSession:
      return zk->close();
    case SessionAction::kOut:
      return out();
  }
}

zk::Watch Membership::Impl::watch(Kind kind) const {
  return [queue = events, number = session, kind] {
    queue->push(EventQueue::Event{number, {kind}});
  };
}

void Membership::Impl::list_nodes() {
  auto listed = zk->children(znode::cache_list(registration.service), Deadline::in(kListTimeout),
                             watch(Kind::kNodesTouched));
  if (listed) {
    push({Kind::kNodesListed, std::move(listed->names)});
  } else if (listed.error().code == ErrorCode::kNotFound) {
    push({Kind::kNodesListed});  // the cloud is gone, and our znode with it
  } else {
    push({Kind::kListFailed});
  }
}

void Membership::Impl::read_mapping() {
  auto read = zk->children(registration.mapping, Deadline::in(kListTimeout),
                           watch(Kind::kMappingTouched));
  if (read) {
    push({Kind::kMappingRead, std::move(read->names)});
  } else if (read.error().code == ErrorCode::kNotFound) {
    push({Kind::kMappingRead});
  }
}

void Membership::Impl::read_config() {
  const auto deadline = Deadline::in(kListTimeout);
  (void)zk->exists(kEnsembleConfig, deadline, watch(Kind::kConfigTouched));
  const auto config = zk->get(kEnsembleConfig, deadline);
  const std::string list = config ? servers_of_config(config->data) : "";
  const std::lock_guard lock(state_mutex);
  if (list.empty() || list == servers) return;
  if (const Status moved = zk->set_servers(list); !moved) {
    return log::warning("the ensemble's new servers " + list + ": " + moved.error().message);
  }
  servers = list;
  log::info("the ensemble's servers are " + list + " now");
}

Status Membership::Impl::remove_znode() {
  const Status removed = zk->remove(znode::cache_list(registration.service, self.znode()),
                                    Deadline::in(kRemoveTimeout));
  const bool gone = removed || removed.error().code == ErrorCode::kNotFound;
  if (gone && !options.session_file.empty()) remove_session_file(options.session_file);
  return gone ? Status() : removed;
}

void Membership::Impl::out() {
  if (stopped || events->closed()) return;
  const bool asked = machine->seat() == Seat::kLeft;
  log::error(self.znode() + " is out of cloud " + registration.service + ": " +
             std::string(seat_name(machine->seat())));
  if (!asked && (!callbacks.fail_stop || callbacks.fail_stop())) {
    stopped = true;
    if (callbacks.stop) callbacks.stop(kExitSessionExpired);
    return;
  }
  if (callbacks.drop_everything) callbacks.drop_everything();
  log::warning("the node stays, out of its cloud and empty, until it rejoins");
}

void Membership::Impl::publish_state() {
  const std::lock_guard lock(state_mutex);
  state.service_code = registration.service;
  state.znode = self.znode();
  state.session_id = zk->session().id;
  state.session_timeout = zk->session_timeout();
  state.connected = machine->connected();
  state.ready = machine->ready();
  state.registered = machine->registered();
  state.seat = seat_name(machine->seat());
}

}  // namespace arcus::daemon
