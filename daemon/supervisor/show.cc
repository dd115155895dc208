// The verbs that look: status, wait, find.
#include <thread>

#include "core/base/clock.h"
#include "daemon/supervisor/listeners.h"
#include "daemon/supervisor/log_file.h"
#include "daemon/supervisor/observe.h"
#include "daemon/supervisor/run_dir.h"
#include "daemon/supervisor/verbs.h"

namespace arcus::daemon {
namespace {

using namespace std::chrono_literals;

// Nothing that waits any longer could change this.
bool failed_for_good(const StatusView& view) {
  return view.status.state == State::kGivenUp ||
         (view.status.state == State::kStopped && !view.supervisor_alive);
}

}  // namespace

int verb_status(const std::string& dir, std::vector<std::string> nodes,
                std::optional<std::size_t> log_lines, std::ostream& out) {
  if (nodes.empty()) {
    auto known = RunDir::nodes(dir);
    if (!known) {
      out << encode_error("", known.error()) << std::endl;
      return kFailed;
    }
    nodes = *std::move(known);
  }
  int exit_status = kDone;
  for (const auto& node : nodes) {
    const auto run = RunDir::open(dir, node);
    if (!run && run.error().code != ErrorCode::kNotFound) {
      out << encode_error(node, run.error()) << std::endl;
      exit_status = kFailed;
      continue;
    }
    StatusView view = run ? observe(*run) : unknown_node(node);
    if (log_lines && run) view.log_lines = last_lines(run->log_path(), *log_lines);
    out << encode_view(view) << std::endl;
  }
  return exit_status;
}

int verb_wait(const std::string& dir, const std::string& node, std::chrono::milliseconds timeout,
              std::ostream& out) {
  const Deadline deadline = Deadline::in(timeout);
  const auto run = RunDir::open(dir, node);
  if (!run) {
    out << encode_error(node, run.error().in("not started here")) << std::endl;
    return kFailed;
  }
  StatusView view = observe(*run);
  while (view.status.state != State::kReady && !failed_for_good(view) && !deadline.passed()) {
    std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(50ms, deadline.left()));
    view = observe(*run);
  }
  out << encode_view(view) << std::endl;
  return view.status.state == State::kReady ? kDone : kFailed;
}

int verb_find(const std::vector<std::uint16_t>& ports, std::ostream& out) {
  for (const auto port : ports) {
    for (const auto& listener : find_listeners(port)) out << encode_listener(listener) << std::endl;
  }
  return kDone;
}

}  // namespace arcus::daemon
