#include "daemon/logins.h"

#include <chrono>
#include <string>

#include "daemon/auth/zk_users.h"

namespace arcus::daemon {
namespace {

constexpr std::chrono::seconds kUsersTime{10};

bool users_are_the_clouds(const Config& config) {
  return !config.zklist.empty() && config.acl_zookeeper.empty() && !config.local_users;
}

}  // namespace

AuthenticationOptions authentication_options(Engine& engine, const CloudSeat& seat) {
  const Config& config = engine.config();
  AuthenticationOptions options;
  options.verbose = config.verbosity > 0;
  options.turned_on = [&engine] { engine.set_attention(Engine::kLogins, true); };
  if (!config.acl_zookeeper.empty()) {
    options.read_users = [&config] {
      return read_users(config.acl_zookeeper, config.acl_group, Deadline::in(kUsersTime));
    };
  } else if (users_are_the_clouds(config)) {
    options.read_users = [&seat] {
      const std::string cloud = seat.membership_state().service_code;
      return read_users_of_cloud(seat.servers(), cloud, Deadline::in(kUsersTime));
    };
  }
  return options;
}

Status require_logins(Engine& engine, Authentication& authentication) {
  if (!engine.config().must_log_in) return {};
  if (!users_are_the_clouds(engine.config())) return authentication.turn_on();
  engine.set_attention(Engine::kLogins, true);
  return {};
}

}  // namespace arcus::daemon
