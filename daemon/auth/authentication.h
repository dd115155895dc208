// Authentication: whether clients must say who they are, and who there is. Off, it is nothing; it
// is turned on at the start (-S) or later (`config auth on`), and stays on.
//
// Users come from ZooKeeper, where an ACL group is named, else from Cyrus SASL's own database
// (sasldb), of whom each may do everything. Those of ZooKeeper are read when it is turned on, again
// every 12 to 24 hours, and when somebody asks for it; they count for who logs in after that.
//
// Made by main, outlives every worker. Any thread. One a process: libsasl2 is.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "daemon/auth/exchange.h"
#include "daemon/auth/users.h"

namespace arcus::daemon {

struct AuthenticationOptions {
  // Reads the users of the ACL group. Not set: they are the local database's.
  std::function<Result<Users>()> read_users;
  std::function<void()> turned_on;
  bool verbose = false;  // libsasl2's warnings go into the log
};

class Authentication {
 public:
  explicit Authentication(AuthenticationOptions options) : options_(std::move(options)) {}
  ~Authentication();

  // Waits until the users are read. By main, before there are clients.
  Status turn_on();
  // The same in the background; what goes wrong is in the log.
  void turn_on_later() { wake(); }
  bool on() const { return on_.load(std::memory_order_acquire); }
  // Reads the users again, in the background. False: it is off, or they are not in ZooKeeper.
  bool reload();

  // While it is on.
  std::unique_ptr<Exchange> begin() const { return Exchange::create(sasl_); }
  // Of who has come through an exchange; nothing: it is no user any more.
  std::optional<Permissions> permissions_of(const std::string& user) const;

 private:
  Status read_users();
  void wake();
  void run();

  const AuthenticationOptions options_;
  SaslLibrary sasl_;
  UserTable users_;
  std::atomic<bool> on_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;
  bool stop_ = false;
  std::thread thread_;  // from the first time that there is something to do in the background
};

}  // namespace arcus::daemon
