// The actions of the table in machine.h.
#include <signal.h>

#include "daemon/supervisor/identity.h"
#include "daemon/supervisor/process.h"
#include "daemon/supervisor/supervisor.h"

namespace arcus::daemon {

void Supervisor::perform(Action action) {
  const auto now = Clock::real().now();
  switch (action) {
    case Action::kSpawn:
      return spawn();
    case Action::kLoadSpec:
      return load_spec();
    case Action::kResetBackoff:
      return backoff_.reset();
    case Action::kSendTerm:
      note("asking the engine to end");
      return signal_engine(SIGTERM);
    case Action::kSendKill:
      return kill_engine();
    case Action::kArmRetry:
      timers_[Timer::kRetry] = now + delay_;
      status_.retry_at = unix_seconds() + std::chrono::duration<double>(delay_).count();
      return;
    case Action::kDisarmRetry:
      timers_.erase(Timer::kRetry);
      status_.retry_at = 0;
      return;
    case Action::kArmGrace:
      timers_[Timer::kGrace] = now + grace_;
      return;
    case Action::kArmStart:
      timers_[Timer::kStart] = now + spec_.start_limit;
      return;
    case Action::kArmSettled:
      timers_[Timer::kSettled] = now + kSettledAfter;
      return;
    case Action::kQuit:
      quit_ = true;
      return;
  }
}

void Supervisor::spawn() {
  check_log();
  status_.session.clear();
  status_.znode.clear();
  status_.said_ready = asked_to_end_ = false;
  killed_because_.clear();
  if (started_before_) ++status_.restarts;
  started_before_ = true;
  auto engine = Engine::spawn(
      {spec_.argv, environment(), log_.get(), {spec_.core, spec_.oom_score_adj}});
  if (!engine) return died({std::nullopt, engine.error().message});
  engine_ = std::move(*engine);
  publish();  // before the gate opens: see engine.h
  if (const auto released = engine_->release(); !released) {
    engine_->reap();
    engine_.reset();
    return died({std::nullopt, spec_.argv[0] + " " + released.error().message});
  }
  if (spec_.engine != kBundledEngine) prober_.watch(Clock::real().now());
  note("started engine " + std::to_string(engine_->id().pid) + ": " + spec_.argv[0]);
}

// Nothing of the caller's environment: what a node runs with must not depend on who started it.
std::map<std::string, std::string> Supervisor::environment() const {
  std::map<std::string, std::string> all = {
      {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}};
  if (const auto self = find_identity(::geteuid())) {
    all["HOME"] = self->home;
    all["USER"] = self->name;
    all["LOGNAME"] = self->name;
  }
  for (const auto& [name, value] : spec_.env) all[name] = value;
  all["ARCUS_SESSION_FILE"] = run_.path("session");
  return all;
}

void Supervisor::load_spec() {
  auto spec = run_.spec();
  if (!spec) return note("keeping the options it has: " + spec.error().message);
  spec_ = std::move(*spec);
  prober_ = Prober(spec_.probe, spec_.hang);
}

void Supervisor::signal_engine(int signal) {
  if (!engine_) return;
  if (const auto sent = send_signal(engine_->pidfd(), signal); !sent) note(sent.error().message);
}

void Supervisor::kill_engine() {
  if (asked_to_end_) {
    killed_because_ += ", and did not end in time";
  } else {
    killed_because_ = status_.state == State::kStarting  ? "it was not ready in time"
                      : status_.state == State::kFailing ? "it hung: " + prober_.trouble()
                                                         : "it did not end in time";
  }
  note("SIGKILL: " + killed_because_);
  signal_engine(SIGKILL);
}

}  // namespace arcus::daemon
