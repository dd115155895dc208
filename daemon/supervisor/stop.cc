// The verbs that end processes: stop (a node of ours) and end (an engine that somebody else began).
#include <signal.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/supervisor/listeners.h"
#include "daemon/supervisor/observe.h"
#include "daemon/supervisor/process.h"
#include "daemon/supervisor/run_dir.h"
#include "daemon/supervisor/verbs.h"

namespace arcus::daemon {
namespace {

using namespace std::chrono_literals;

// What a supervisor may take beyond the grace period it gives its engine.
constexpr auto kSupervisorTakes = 6s;

std::chrono::milliseconds choose_grace(const RunDir& run,
                                       std::optional<std::chrono::milliseconds> asked) {
  if (asked) return *asked;
  const auto spec = run.spec();
  return spec ? spec->grace : Spec().grace;
}

// Tells the supervisor that its node is wanted down and sees it end. One that doesn't (stopped in
// its tracks, say) is killed; its engine is then ours to end.
Status end_supervisor(const RunDir& run, std::chrono::milliseconds grace) {
  const auto status = run.status();
  if (!status || !supervisor_runs(run, *status)) return {};
  const auto supervisor = open_process(status->supervisor);
  if (!supervisor) return {};
  if (auto sent = send_signal(*supervisor, SIGHUP); !sent) return sent;
  if (ended_within(*supervisor, grace + kSupervisorTakes)) return {};
  if (auto sent = send_signal(*supervisor, SIGKILL); !sent) return sent;
  if (ended_within(*supervisor, kSupervisorTakes)) return {};
  return Error{ErrorCode::kTimeout, "the supervisor does not end, not even by SIGKILL"};
}

Status end_engine(const RunDir& run, std::chrono::milliseconds grace) {
  auto status = run.status();
  if (!status) {
    return status.error().code == ErrorCode::kNotFound ? Status() : Status(status.error());
  }
  if (engine_runs(run, *status)) {
    const auto engine = open_process(status->engine);
    if (engine) {
      if (auto ended = end_process(*engine, grace); !ended) return ended.error().in("the engine");
    }
    status->last_exit = "stopped without a supervisor";
  }
  if (status->state == State::kStopped) return {};
  status->state = State::kStopped;
  status->since = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  status->engine = {};
  status->supervisor = {};
  status->session.clear();
  status->znode.clear();
  status->retry_at = 0;
  return run.write_status(*status);
}

Status stop_node(const RunDir& run, std::optional<std::chrono::milliseconds> asked) {
  const auto grace = choose_grace(run, asked);
  const auto verb_lock = run.lock("verb.lock", grace + 20s);
  if (!verb_lock) return verb_lock.error();
  // First of all: whatever happens to us from here on, nobody starts it again.
  if (auto written = run.write_wish({Want::kDown, asked}); !written) return written;
  if (auto ended = end_supervisor(run, grace); !ended) return ended;
  return end_engine(run, grace);
}

Status end_listener(const EndRequest& request) {
  const auto process = open_process(request.process);
  if (!process && process.error().code == ErrorCode::kNotFound) return {};
  if (!process) return process.error();
  const auto listeners = find_listeners(request.port);
  const bool listens = std::any_of(listeners.begin(), listeners.end(), [&](const auto& listener) {
    return listener.process == request.process;
  });
  if (!listens) {
    return Error{ErrorCode::kRefused, "process " + std::to_string(request.process.pid) +
                                          " does not listen on port " +
                                          std::to_string(request.port)};
  }
  return end_process(*process, request.grace);
}

}  // namespace

int verb_stop(const std::string& dir, const std::string& node,
              std::optional<std::chrono::milliseconds> grace, std::ostream& out) {
  const auto run = RunDir::open(dir, node);
  if (!run && run.error().code == ErrorCode::kNotFound) {
    out << encode_view(unknown_node(node)) << std::endl;
    return kDone;
  }
  if (!run) {
    out << encode_error(node, run.error()) << std::endl;
    return kFailed;
  }
  const auto stopped = stop_node(*run, grace);
  StatusView view = observe(*run);
  if (!stopped) view.error = stopped.error().message;
  out << encode_view(view) << std::endl;
  return stopped && view.status.engine.pid == 0 ? kDone : kFailed;
}

int verb_end(const EndRequest& request, std::ostream& out) {
  const auto ended = end_listener(request);
  nlohmann::ordered_json json = {
      {"port", request.port}, {"pid", request.process.pid}, {"ended", ended.ok()}};
  if (!ended) json["error"] = ended.error().message;
  out << json.dump() << std::endl;
  return ended ? kDone : kFailed;
}

}  // namespace arcus::daemon
