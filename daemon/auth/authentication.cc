#include "daemon/auth/authentication.h"

#include <chrono>
#include <random>

#include "core/base/log.h"
#include "daemon/auth/sasl_setup.h"
#include "daemon/auth/user_plugin.h"

namespace arcus::daemon {
namespace {

using std::chrono::minutes;

// Nodes that were started together should not all read at the same time.
minutes until_next_reading() {
  constexpr int kLeast = 12 * 60;
  std::random_device random;
  return minutes(std::uniform_int_distribution<int>(kLeast, 2 * kLeast)(random));
}

}  // namespace

Authentication::~Authentication() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Status Authentication::turn_on() {
  const bool has_group = options_.read_users != nullptr;
  // The users first: an attempt that failed for want of ZooKeeper may be made again.
  if (has_group) {
    if (const Status status = read_users(); !status) return status;
  }
  auto sasl = SaslLibrary::load();
  if (!sasl) return sasl.error();
  sasl_ = *sasl;
  if (const Status status = set_up_sasl(sasl_, has_group, options_.verbose); !status) {
    return status;
  }
  if (has_group) {
    if (const Status status = add_user_plugin(sasl_, users_); !status) return status;
  }
  on_.store(true, std::memory_order_release);
  if (options_.turned_on) options_.turned_on();
  const auto exchange = begin();
  log::info("clients must log in: " + (exchange ? exchange->mechanisms() : "(no mechanism)"));
  if (has_group) {
    const std::lock_guard lock(mutex_);
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  return {};
}

bool Authentication::reload() {
  if (!on() || !options_.read_users) return false;
  wake();
  return true;
}

std::optional<Permissions> Authentication::permissions_of(const std::string& user) const {
  if (!options_.read_users) return Permission::kAll;
  const auto found = users_.find(user);
  if (!found) return std::nullopt;
  return found->permissions;
}

Status Authentication::read_users() {
  auto users = options_.read_users();
  if (!users) return users.error().in("reading the users");
  users_.replace(std::move(*users));
  log::info("read " + std::to_string(users_.size()) + " users");
  return {};
}

void Authentication::wake() {
  const std::lock_guard lock(mutex_);
  asked_ = true;
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  changed_.notify_all();
}

void Authentication::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait_for(lock, until_next_reading(), [this] { return stop_ || asked_; });
    if (stop_) return;
    asked_ = false;
    lock.unlock();
    // Those of the last reading stay when this one fails.
    const Status status = !on() ? turn_on() : options_.read_users ? read_users() : Status();
    if (!status) log::error(status.error().message);
    lock.lock();
  }
}

}  // namespace arcus::daemon
