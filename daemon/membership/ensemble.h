// What the membership needs of a ZooKeeper session: zk::Client stands behind it, in tests a
// scripted one. The contracts, threads and errors are those of core/zk/client.h.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/zk/client.h"

namespace arcus::daemon {

class Ensemble {
 public:
  virtual ~Ensemble() = default;

  virtual void close() = 0;
  virtual zk::SessionId session() const = 0;
  virtual std::chrono::milliseconds session_timeout() const = 0;
  virtual zk::SessionState state() const = 0;
  virtual Status set_servers(const std::string& servers) = 0;

  virtual Result<zk::Znode> get(const std::string& path, Deadline deadline) = 0;
  virtual Result<zk::Children> children(const std::string& path, Deadline deadline,
                                        zk::Watch watch) = 0;
  virtual Result<zk::Stat> exists(const std::string& path, Deadline deadline, zk::Watch watch) = 0;
  virtual Result<std::string> create(const std::string& path, std::string_view data,
                                     zk::CreateMode mode, Deadline deadline) = 0;
  virtual Status remove(const std::string& path, Deadline deadline) = 0;
  virtual Status sync(const std::string& path, Deadline deadline) = 0;
};

// How to get a session; zk::Client::connect in all but tests.
using Connect = std::function<Result<std::unique_ptr<Ensemble>>(zk::Options, Deadline)>;
Connect real_ensemble();

// The client addresses that /zookeeper/config lists ("server.1=host:2888:3888:participant;2181"),
// as a list for set_servers(); empty when it lists none, which is so of an ensemble whose
// configuration is static. Pure.
std::string servers_of_config(std::string_view config);

}  // namespace arcus::daemon
