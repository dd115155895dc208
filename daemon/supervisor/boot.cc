// The verb boot: what was wanted up before the host went down comes back, as it was.
#include <unistd.h>

#include <filesystem>

#include "daemon/supervisor/observe.h"
#include "daemon/supervisor/run_dir.h"
#include "daemon/supervisor/verbs.h"

namespace arcus::daemon {
namespace {

// How the node was started, if it is to be started now.
std::optional<Result<Spec>> to_start(const std::string& dir, const std::string& node) {
  const auto run = RunDir::open(dir, node);
  if (!run) return run.error();
  const auto wish = run->wish();
  if (!wish || wish->want != Want::kUp) return std::nullopt;
  auto spec = run->spec();
  if (!spec) return spec;
  std::error_code error;
  const std::filesystem::path mark = std::filesystem::path(dir) / "boot" / spec->service;
  if (!std::filesystem::exists(mark, error)) return std::nullopt;
  // The directory's owner could have written any name there.
  const auto owner = find_identity(run->owner());
  if (!owner) return owner.error();
  spec->user = ::geteuid() == 0 ? owner->name : "";
  return spec;
}

}  // namespace

int verb_boot(const std::string& dir, std::ostream& out) {
  const auto nodes = RunDir::nodes(dir);
  if (!nodes) {
    out << encode_error("", nodes.error()) << std::endl;
    return kFailed;
  }
  int exit_status = kDone;
  for (const auto& node : *nodes) {
    const auto spec = to_start(dir, node);
    if (!spec) continue;
    if (!*spec) {
      out << encode_error(node, spec->error()) << std::endl;
      exit_status = kFailed;
    } else if (const int started = verb_start(dir, **spec, Want::kUp, out); started != kDone) {
      exit_status = started;
    }
  }
  return exit_status;
}

}  // namespace arcus::daemon
