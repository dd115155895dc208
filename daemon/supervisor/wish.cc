#include "daemon/supervisor/wish.h"

#include <signal.h>

#include "daemon/supervisor/observe.h"
#include "daemon/supervisor/process.h"
#include "daemon/supervisor/verbs.h"

namespace arcus::daemon {
namespace {

using namespace std::chrono_literals;

Status pause_node(const RunDir& run, Want want) {
  const auto verb_lock = run.lock("verb.lock", 20s);
  if (!verb_lock) return verb_lock.error();
  const auto now = run.wish();
  if (!now) return now.error();
  if (now->want == Want::kDown) {
    return Error{ErrorCode::kRefused, "it is wanted down: start it"};
  }
  return wish(run, want);
}

}  // namespace

Status wish(const RunDir& run, Want want) {
  const auto status = run.status();
  if (!status) return status.error();
  const auto supervisor = supervisor_runs(run, *status)
                              ? open_process(status->supervisor)
                              : Error{ErrorCode::kNotFound, "its supervisor does not run"};
  if (!supervisor) return supervisor.error();
  if (auto written = run.write_wish({want, {}}); !written) return written;
  return send_signal(*supervisor, SIGHUP);
}

int verb_pause(const std::string& dir, const std::string& node, Want want, std::ostream& out) {
  const auto run = RunDir::open(dir, node);
  const Status done = run ? pause_node(*run, want) : Status(run.error());
  if (!done) {
    out << encode_error(node, done.error()) << std::endl;
    return kFailed;
  }
  out << encode_view(observe(*run)) << std::endl;
  return kDone;
}

}  // namespace arcus::daemon
