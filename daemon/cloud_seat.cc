#include "daemon/cloud_seat.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "core/arcus/names.h"

namespace arcus::daemon {
namespace {

using std::chrono::seconds;

constexpr seconds kJoinTime{60};
// Less than what a supervisor waits before it takes an engine without an answer for hung.
constexpr seconds kRejoinTime{8};

Error not_joined() {
  return {ErrorCode::kConflict, "the node has not joined its cloud yet", true};
}

}  // namespace

CloudSeat::~CloudSeat() {
  if (joining_.joinable()) joining_.join();
}

void CloudSeat::start_joining() {
  joining_ = std::thread([this] {
    auto joined = Membership::join(options(), callbacks(), deadline());
    const std::lock_guard lock(mutex_);
    if (joined) {
      membership_ = std::move(*joined);
    } else {
      error_ = joined.error();
    }
    joined_.request();
  });
}

std::optional<Error> CloudSeat::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

MembershipState CloudSeat::membership_state() const {
  const std::lock_guard lock(mutex_);
  return membership_ ? membership_->state() : MembershipState();
}

CloudState CloudSeat::state() const {
  const MembershipState now = membership_state();
  return {std::string(node_address(now.znode)), now.connected, now.ready, now.session_timeout};
}

Membership* CloudSeat::membership() const {
  const std::lock_guard lock(mutex_);
  return membership_.get();
}

std::string CloudSeat::servers() const {
  const Membership* const joined = membership();
  return joined != nullptr ? joined->servers() : engine_.config().zklist;
}

Status CloudSeat::set_servers(const std::string& servers) {
  Membership* const joined = membership();
  return joined != nullptr ? joined->set_servers(servers) : Status(not_joined());
}

Status CloudSeat::rejoin() {
  Membership* const joined = membership();
  return joined != nullptr ? joined->rejoin(Deadline::in(kRejoinTime)) : Status(not_joined());
}

void CloudSeat::leave() {
  if (Membership* const joined = membership(); joined != nullptr) joined->leave();
}

Deadline CloudSeat::deadline() const {
  const auto timeout = engine_.config().session_timeout;
  // The znode of a node that died lasts as long as its session.
  return Deadline::in(std::max(kJoinTime, timeout + seconds(15)));
}

MembershipOptions CloudSeat::options() const {
  const Config& config = engine_.config();
  MembershipOptions options;
  options.zklist = config.zklist;
  options.port = port_;
  options.memlimit_mb = static_cast<std::uint32_t>(config.memory_mb);
  options.session_timeout = config.session_timeout;
  options.session_file = config.session_file;
  options.public_ip = config.public_ip;
  options.hostname = config.hostname;
  return options;
}

MembershipCallbacks CloudSeat::callbacks() const {
  MembershipCallbacks callbacks;
  callbacks.drop_everything = [this] { engine_.store().drop_everything(); };
  callbacks.nodes_changed = [this](const std::vector<std::string>& children) {
    engine_.set_cloud_nodes(children);
  };
  callbacks.fail_stop = [this] { return engine_.settings().zk_failstop.load(); };
  callbacks.stop = [](int status) { _exit(status); };
  return callbacks;
}

}  // namespace arcus::daemon
