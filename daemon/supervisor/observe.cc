#include "daemon/supervisor/observe.h"

#include <nlohmann/json.hpp>

#include "daemon/supervisor/process.h"

namespace arcus::daemon {
namespace {

bool has_engine(State state) {
  return state == State::kStarting || state == State::kReady || state == State::kFailing ||
         state == State::kStopping;
}

void forget_engine(NodeStatus& status) {
  status.engine = {};
  status.session.clear();
  status.znode.clear();
  status.trouble.clear();
}

// What was written last is not what is: a supervisor or an engine died without writing it down.
void correct(StatusView& view, bool engine_alive) {
  NodeStatus& status = view.status;
  if (!engine_alive) forget_engine(status);
  if (view.supervisor_alive) {
    // Its supervisor is about to notice, or is itself stopped in its tracks: not ready for sure.
    const bool served = status.state == State::kReady || status.state == State::kFailing;
    if (!engine_alive && served) status.state = State::kStarting;
    return;
  }
  status.supervisor = {};
  status.retry_at = 0;
  if (engine_alive || status.state == State::kStopped) return;
  if (has_engine(status.state)) status.last_exit = "ended while no supervisor watched";
  status.state = State::kStopped;
}

}  // namespace

bool engine_runs(const RunDir& run, const NodeStatus& status) {
  return status.boot_id == boot_id() && run.owns(status.engine);
}

bool supervisor_runs(const RunDir& run, const NodeStatus& status) {
  return status.boot_id == boot_id() && run.owns(status.supervisor);
}

StatusView unknown_node(const std::string& node) {
  StatusView view;
  view.status.node = node;
  return view;
}

StatusView observe(const RunDir& run) {
  StatusView view = unknown_node(run.node());
  view.status.log = run.log_path();
  if (const auto wish = run.wish()) view.wanted = wish->want;
  const auto status = run.status();
  if (!status) {
    if (status.error().code != ErrorCode::kNotFound) view.error = status.error().message;
    return view;
  }
  view.status = *status;
  view.supervisor_alive = supervisor_runs(run, *status);
  correct(view, engine_runs(run, *status));
  return view;
}

std::string encode_error(const std::string& node, const Error& error) {
  const nlohmann::ordered_json json = {{"node", node}, {"error", error.message}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace arcus::daemon
