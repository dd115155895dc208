// RunDir: one node's directory DIR/run/<ip>:<port> and its log DIR/log/<ip>:<port>.log. Files that
// others read are replaced atomically. The directory belongs to the user that the engine runs as,
// so root follows no link in it and believes no process number in it without looking.
//
//   wanted       up | down [grace]   written by start and stop
//   spec.json    how to start it     written by start
//   status.json  what is             written by the supervisor (or the stop that outlived it)
//   session      the engine's own    ZooKeeper session id and password
//   socket       what is, said by the supervisor to whoever connects
//   lock         held by the supervisor as long as it lives
//   verb.lock    held by start and stop while they change things
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "daemon/supervisor/identity.h"
#include "daemon/supervisor/records.h"

namespace arcus::daemon {

inline constexpr std::string_view kStatusSocket = "socket";

class RunDir {
 public:
  // The directory of a node that was started before. kNotFound: it never was.
  static Result<RunDir> open(const std::string& dir, const std::string& node);
  // The same, made first where missing.
  static Result<RunDir> make(const std::string& dir, const std::string& node);
  // The nodes known in `dir`, sorted; an installation that ran none yet has none.
  static Result<std::vector<std::string>> nodes(const std::string& dir);

  const std::string& node() const { return node_; }
  std::string path(std::string_view file) const;
  std::string log_path() const;
  uid_t owner() const { return owner_; }
  int fd() const { return fd_.get(); }

  // Makes the log, and all of it the property of `owner` if root calls. With the lock held, since
  // a supervisor that runs as another user counts for nothing here afterwards.
  Status give_to(const Identity& owner);

  Result<Wish> wish() const;
  Result<Spec> spec() const;
  Result<NodeStatus> status() const;
  Status write_wish(const Wish& wish) const;
  Status write_spec(const Spec& spec) const;
  Status write_status(const NodeStatus& status) const;

  // An exclusive lock, tried for that long; it ends with the descriptor. kConflict: not to be had.
  Result<UniqueFd> lock(std::string_view file, std::chrono::milliseconds wait) const;

  // True if that process runs and belongs to the owner of this directory.
  bool owns(const ProcessId& id) const;

 private:
  struct Replace {
    std::string_view file;
    std::string_view content;
    mode_t mode = 0644;
    bool durable = false;
  };
  Status replace(const Replace& what) const;
  Status give_to_owner(int fd) const;

  std::string dir_;  // absolute
  std::string node_;
  std::string path_;  // DIR/run/<node>
  UniqueFd fd_;
  uid_t owner_ = 0;
  gid_t group_ = 0;
};

}  // namespace arcus::daemon
