// What probes and the cloud say of an engine, as events of the table in machine.h.
#include <array>
#include <cstdio>

#include "core/base/text.h"
#include "daemon/supervisor/supervisor.h"

namespace arcus::daemon {

void Supervisor::found(Prober::Finding finding) {
  using F = Prober::Finding;
  if (finding == F::kNothing || !engine_) return;
  if (status_.trouble != prober_.trouble()) {
    status_.trouble = prober_.trouble();
    note("probing the engine: " + (status_.trouble.empty() ? "it answers" : status_.trouble));
  }
  if (finding == F::kPassed) return seat_ ? take_seat() : passed();
  if (seat_) seat_->leave();
  const bool serving = status_.state == State::kReady || status_.state == State::kFailing;
  if (finding == F::kLeft && spec_.engine == kForeignEngine && serving) {
    return put_out("it was out of its cloud");
  }
  // Whoever paused the node may be looking at its engine with a debugger.
  if (finding == F::kHung && wanted_ != Want::kPaused) handle(Event::kHung);
  handle(Event::kProbeFailed);
}

void Supervisor::passed() {
  if (status_.state == State::kStarting) backoff_.became_ready();
  handle(status_.state == State::kStarting ? Event::kSaidReady : Event::kProbePassed);
}

// The engine works: in the cloud it is as good as one that takes its seat itself.
void Supervisor::take_seat() {
  const auto state = seat_->state();
  if (state == ProxySeat::State::kJoined) return passed();
  if (state != ProxySeat::State::kJoining) seat_->start_joining();
}

void Supervisor::seat_changed() {
  const auto state = seat_->take_change();
  if (!engine_) return;
  if (state == ProxySeat::State::kFailed) {
    note("joining: " + seat_->trouble());
    seat_->leave();  // the next good probe tries again
    status_.trouble = "its cloud could not be joined";
    return handle(Event::kProbeFailed);
  }
  if (state == ProxySeat::State::kOut) {
    seat_->leave();
    return put_out("ZooKeeper put it out of its cloud, or it could not be emptied");
  }
  if (state != ProxySeat::State::kJoined) return;
  const MembershipState now = seat_->membership();
  std::array<char, 24> session{};
  std::snprintf(session.data(), session.size(), "0x%llx",
                static_cast<unsigned long long>(now.session_id));
  status_.session = session.data();
  status_.znode = now.znode;
  status_.trouble.clear();
  passed();
}

void Supervisor::put_out(const std::string& why) {
  if (asked_to_end_ || wanted_ == Want::kPaused) return;
  asked_to_end_ = true;
  killed_because_ = why;
  grace_ = spec_.grace;
  handle(Event::kLeftCloud);
}

std::unique_ptr<ProxySeat> make_seat(const RunDir& run, const Spec& spec) {
  ProxySeat::Options options;
  const auto node = parse_host_port(spec.node);
  const auto probe = parse_host_port(spec.probe);
  options.engine_ip = probe ? probe->host : node->host;
  options.membership.zklist = spec.zklist;
  options.membership.port = node->port;
  options.membership.public_ip = node->host;
  options.membership.session_file = run.path("session");
  const auto hostname = spec.env.find("ARCUS_CACHE_HOSTNAME_OVERWRITE");
  if (hostname != spec.env.end()) options.membership.hostname = hostname->second;
  for (std::size_t i = 1; i + 1 < spec.argv.size(); ++i) {
    if (spec.argv[i] != "-m") continue;
    const auto memlimit = parse_number(spec.argv[i + 1]);
    options.membership.memlimit_mb = static_cast<std::uint32_t>(memlimit.value_or(0));
  }
  return std::make_unique<ProxySeat>(std::move(options));
}

}  // namespace arcus::daemon
