// The users of an ACL group, as they were last read from ZooKeeper: what each may do, and the
// secrets that prove who it is (of SCRAM: what a password was turned into). Nothing of it is ever
// logged.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/auth/permissions.h"

namespace arcus::daemon {

struct User {
  Permissions permissions = Permission::kNone;
  std::map<std::string, std::string, std::less<>> secrets;  // "authPassword" and others
};

using Users = std::map<std::string, User, std::less<>>;

// Those of this moment. Any thread.
class UserTable {
 public:
  void replace(Users users) {
    auto fresh = std::make_shared<const Users>(std::move(users));
    const std::lock_guard lock(mutex_);
    users_.swap(fresh);
  }

  // Nothing: there is no such user.
  std::optional<User> find(std::string_view name) const {
    const auto users = now();
    const auto at = users->find(name);
    if (at == users->end()) return std::nullopt;
    return at->second;
  }
  std::size_t size() const { return now()->size(); }

 private:
  std::shared_ptr<const Users> now() const {
    const std::lock_guard lock(mutex_);
    return users_;
  }

  mutable std::mutex mutex_;
  std::shared_ptr<const Users> users_ = std::make_shared<const Users>();
};

}  // namespace arcus::daemon
