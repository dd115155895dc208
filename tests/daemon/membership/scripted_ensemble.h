// A ZooKeeper that does what a test says: a tree in memory, sessions that a test ends or cuts off,
// watches that fire in the thread that changes something. Any thread.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/membership/ensemble.h"

namespace arcus::daemon {

class ScriptedZooKeeper {
 public:
  struct Znode {
    std::string data;
    std::int64_t owner = 0;
  };
  struct Session {
    std::function<void(zk::SessionState)> on_state;
    zk::SessionState state = zk::SessionState::kConnected;
    std::string servers;
  };

  Connect connect();

  void make(const std::string& path, const std::string& data = "", std::int64_t owner = 0) {
    change(path, [&] { tree_[path] = {data, owner}; });
  }
  void drop(const std::string& path) {
    change(path, [&] { tree_.erase(path); });
  }
  bool there(const std::string& path) {
    const std::lock_guard lock(mutex_);
    return tree_.count(path) != 0;
  }
  // The newest session gets into that state; one that is over takes its znodes along.
  void become(zk::SessionState state) {
    std::function<void(zk::SessionState)> tell;
    std::vector<zk::Watch> watches;
    {
      const std::lock_guard lock(mutex_);
      sessions_[last_].state = state;
      tell = sessions_[last_].on_state;
      if (state == zk::SessionState::kExpired) watches = forget(last_);
    }
    if (tell) tell(state);
    for (const auto& watch : watches) watch();
  }
  std::size_t sessions() {
    const std::lock_guard lock(mutex_);
    return sessions_.size();
  }
  std::string servers() {
    const std::lock_guard lock(mutex_);
    return sessions_[last_].servers;
  }
  void refuse_sessions(bool refuse) {
    const std::lock_guard lock(mutex_);
    refusing_ = refuse;
  }

 private:
  friend class ScriptedEnsemble;

  static std::string parent(const std::string& path) { return path.substr(0, path.rfind('/')); }

  template <typename Work>
  void change(const std::string& path, Work work) {
    std::vector<zk::Watch> watches;
    {
      const std::lock_guard lock(mutex_);
      work();
      watches = take(path);
    }
    for (const auto& watch : watches) watch();
  }
  std::vector<zk::Watch> take(const std::string& path) {
    std::vector<zk::Watch> watches;
    for (const auto& where : {path, parent(path)}) {
      auto& waiting = watches_[where];
      watches.insert(watches.end(), waiting.begin(), waiting.end());
      waiting.clear();
    }
    return watches;
  }
  std::vector<zk::Watch> forget(std::int64_t session) {
    std::vector<zk::Watch> watches;
    for (auto at = tree_.begin(); at != tree_.end();) {
      if (at->second.owner != session) {
        ++at;
        continue;
      }
      const auto more = take(at->first);
      watches.insert(watches.end(), more.begin(), more.end());
      at = tree_.erase(at);
    }
    return watches;
  }

  std::mutex mutex_;
  std::map<std::string, Znode> tree_;
  std::map<std::string, std::vector<zk::Watch>> watches_;
  std::map<std::int64_t, Session> sessions_;
  std::int64_t last_ = 0;
  bool refusing_ = false;
};

class ScriptedEnsemble : public Ensemble {
 public:
  ScriptedEnsemble(ScriptedZooKeeper& zk, std::int64_t id) : zk_(zk), id_(id) {}
  ~ScriptedEnsemble() override { close(); }

  void close() override {
    std::vector<zk::Watch> watches;
    {
      const std::lock_guard lock(zk_.mutex_);
      auto& session = zk_.sessions_[id_];
      if (session.state == zk::SessionState::kClosed) return;
      session.state = zk::SessionState::kClosed;
      watches = zk_.forget(id_);
    }
    for (const auto& watch : watches) watch();
  }
  zk::SessionId session() const override { return {id_, {}}; }
  std::chrono::milliseconds session_timeout() const override { return std::chrono::seconds(30); }
  zk::SessionState state() const override {
    const std::lock_guard lock(zk_.mutex_);
    return zk_.sessions_[id_].state;
  }
  Status set_servers(const std::string& servers) override {
    const std::lock_guard lock(zk_.mutex_);
    zk_.sessions_[id_].servers = servers;
    return {};
  }
  Result<zk::Znode> get(const std::string& path, Deadline) override {
    const std::lock_guard lock(zk_.mutex_);
    if (auto lost = check(path); !lost) return lost.error();
    return zk::Znode{zk_.tree_[path].data, {}};
  }
  Result<zk::Children> children(const std::string& path, Deadline, zk::Watch watch) override {
    const std::lock_guard lock(zk_.mutex_);
    if (auto lost = check(path); !lost) return lost.error();
    zk::Children found;
    for (const auto& [name, znode] : zk_.tree_) {
      if (ScriptedZooKeeper::parent(name) == path) found.names.push_back(name.substr(path.size() + 1));
    }
    if (watch) zk_.watches_[path].push_back(std::move(watch));
    return found;
  }
  Result<zk::Stat> exists(const std::string& path, Deadline, zk::Watch watch) override {
    const std::lock_guard lock(zk_.mutex_);
    if (watch) zk_.watches_[path].push_back(std::move(watch));
    if (auto lost = check(path); !lost) return lost.error();
    zk::Stat stat;
    stat.ephemeral_owner = zk_.tree_[path].owner;
    return stat;
  }
  Result<std::string> create(const std::string& path, std::string_view data, zk::CreateMode mode,
                             Deadline) override {
    if (zk_.there(path)) return Error{ErrorCode::kExists, path};
    zk_.make(path, std::string(data), mode == zk::CreateMode::kEphemeral ? id_ : 0);
    return path;
  }
  Status remove(const std::string& path, Deadline) override {
    if (!zk_.there(path)) return Error{ErrorCode::kNotFound, path};
    zk_.drop(path);
    return {};
  }
  Status sync(const std::string&, Deadline) override { return {}; }

 private:
  Status check(const std::string& path) const {
    if (zk_.sessions_[id_].state != zk::SessionState::kConnected) {
      return Error{ErrorCode::kUnreachable, "connection lost"};
    }
    return zk_.tree_.count(path) != 0 ? Status() : Status(Error{ErrorCode::kNotFound, path});
  }

  ScriptedZooKeeper& zk_;
  const std::int64_t id_;
};

inline Connect ScriptedZooKeeper::connect() {
  return [this](zk::Options options, Deadline) -> Result<std::unique_ptr<Ensemble>> {
    const std::lock_guard lock(mutex_);
    if (refusing_) return Error{ErrorCode::kUnreachable, "nobody there"};
    sessions_[++last_] = {options.on_state, zk::SessionState::kConnected, options.servers};
    return std::unique_ptr<Ensemble>(std::make_unique<ScriptedEnsemble>(*this, last_));
  };
}

}  // namespace arcus::daemon
