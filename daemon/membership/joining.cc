#include "daemon/membership/joining.h"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "core/base/log.h"
#include "core/base/text.h"

namespace arcus::daemon {
namespace {

constexpr auto kPauseBetweenTries = std::chrono::milliseconds(100);

// Runs `work` until it succeeds or fails for good.
template <typename Work>
auto persistently(Deadline deadline, Work work) {
  auto result = work();
  while (!result && result.error().retryable && !deadline.passed()) {
    std::this_thread::sleep_for(std::min(kPauseBetweenTries, deadline.left()));
    result = work();
  }
  return result;
}

// A watch's callback may come after its waiter is gone; both hold this.
class Signal {
 public:
  void set() {
    std::lock_guard lock(mutex_);
    set_ = true;
    changed_.notify_all();
  }
  void wait(Deadline deadline) {
    std::unique_lock lock(mutex_);
    while (!set_ && !deadline.passed()) changed_.wait_for(lock, deadline.left());
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

std::string hex(std::int64_t id) {
  char text[20];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(id));
  return text;
}

Error not_registered(const std::vector<std::string>& paths) {
  return Error{ErrorCode::kNotFound,
               "this node is not registered: looked for a service code at " + join(paths, ", ") +
                   "; register its cloud (arcus memcached register), or see whether the node calls "
                   "itself by another address than the cloud file does (ARCUS_CACHE_PUBLIC_IP)",
               false};
}

Status end_session(const Sessions& sessions, Deadline deadline) {
  zk::Options options = sessions.options;
  options.resume = sessions.saved;
  options.on_state = nullptr;
  auto attached = sessions.connect(std::move(options), deadline);
  if (!attached) return attached.error();
  (*attached)->close();
  return {};
}

Error still_there(const std::string& path, std::int64_t owner) {
  return Error{ErrorCode::kExists,
               path + " belongs to session " + hex(owner) +
                   " and did not go away; another engine runs under this address, or one died "
                   "less than a session timeout ago",
               true};
}

Status wait_until_gone(Ensemble& zk, const std::string& path, Deadline deadline) {
  while (true) {
    auto signal = std::make_shared<Signal>();
    const auto found = persistently(
        deadline, [&] { return zk.exists(path, deadline, [signal] { signal->set(); }); });
    if (!found && found.error().code == ErrorCode::kNotFound) return {};
    if (!found) return found.error();
    if (found->ephemeral_owner == 0) {
      return Error{ErrorCode::kExists,
                   path + " is not ephemeral, so no cache node made it; remove it", false};
    }
    signal->wait(deadline);
    if (deadline.passed()) return still_there(path, found->ephemeral_owner);
  }
}

Status clear_predecessor(Ensemble& zk, const std::string& path, const Sessions& sessions,
                         Deadline deadline) {
  const zk::SessionId& saved = sessions.saved;
  const auto found = persistently(deadline, [&] { return zk.exists(path, deadline, nullptr); });
  if (!found && found.error().code == ErrorCode::kNotFound) return {};
  if (!found) return found.error();
  if (saved.id != 0 && found->ephemeral_owner == saved.id) {
    log::info("ending session " + hex(saved.id) + " of the engine that ran here before");
    const Status ended = end_session(sessions, deadline);
    // kNotFound: it is over already, and its znode is on its way out.
    if (!ended && ended.error().code != ErrorCode::kNotFound) {
      log::warning("could not end session " + hex(saved.id) + ": " + ended.error().message);
    }
  } else {
    log::info("waiting until " + path + " of session " + hex(found->ephemeral_owner) + " is gone");
  }
  return wait_until_gone(zk, path, deadline);
}

}  // namespace

Result<Registration> find_registration(Ensemble& zk, const NodeName& self, Deadline deadline) {
  const std::string root(znode::kMapping);
  if (Status synced = persistently(deadline, [&] { return zk.sync(root, deadline); }); !synced) {
    return synced.error();
  }
  const std::vector<std::string> paths = {
      znode::mapping(self.address()),
      znode::mapping(self.hostname + ":" + std::to_string(self.port)), znode::mapping(self.ip)};
  for (const std::string& path : paths) {
    const auto clouds = persistently(deadline, [&] { return zk.children(path, deadline, nullptr); });
    if (!clouds && clouds.error().code == ErrorCode::kNotFound) continue;
    if (!clouds) return clouds.error();
    if (clouds->names.empty()) continue;
    if (clouds->names.size() > 1) {
      return Error{ErrorCode::kConflict,
                   path + " names several clouds (" + join(clouds->names, ", ") +
                       "); a node can be in one only: unregister it from the others",
                   false};
    }
    const std::string& name = clouds->names.front();
    return Registration{name.substr(0, name.find('^')), path};
  }
  return not_registered(paths);
}

Status clear_predecessors(Ensemble& zk, const std::string& service, const NodeName& self,
                          const Sessions& sessions, Deadline deadline) {
  const std::string cloud = znode::cache_list(service);
  const auto nodes = persistently(deadline, [&] { return zk.children(cloud, deadline, nullptr); });
  if (!nodes) return nodes.error();
  for (const std::string& child : nodes->names) {
    if (node_address(child) != self.address()) continue;
    const std::string path = znode::cache_list(service, child);
    if (Status gone = clear_predecessor(zk, path, sessions, deadline); !gone) return gone;
  }
  return {};
}

Status create_own_znode(Ensemble& zk, const std::string& service, const NodeName& self,
                        std::uint32_t memlimit_mb, Deadline deadline) {
  const std::string path = znode::cache_list(service, self.znode());
  const std::string data = std::to_string(memlimit_mb) + "MB";
  const auto created = persistently(deadline, [&]() -> Result<std::string> {
    auto tried = zk.create(path, data, zk::CreateMode::kEphemeral, deadline);
    if (tried || tried.error().code != ErrorCode::kExists) return tried;
    // The answer to an earlier try may have been lost with the connection.
    const auto found = zk.exists(path, deadline, nullptr);
    if (found && found->ephemeral_owner == zk.session().id) return path;
    return tried;
  });
  if (!created) return created.error();
  return {};
}

Status write_server_log(Ensemble& zk, const NodeName& self, const std::string& what,
                        Deadline deadline) {
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
      Clock::real().wall().time_since_epoch());
  const std::string day = znode::server_log(format_local_time(now.count()).substr(0, 10));
  const auto made = zk.create(day, "", zk::CreateMode::kPersistent, deadline);
  if (!made && made.error().code != ErrorCode::kExists) return made.error();
  const auto entry = zk.create(day + "/" + self.znode() + "-", what,
                               zk::CreateMode::kPersistentSequential, deadline);
  if (!entry) return entry.error();
  return {};
}

}  // namespace arcus::daemon
