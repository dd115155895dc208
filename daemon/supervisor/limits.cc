#include "daemon/supervisor/limits.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/base/unique_fd.h"
#include "daemon/supervisor/process.h"

namespace arcus::daemon {
namespace {

constexpr const char* kUnified = "/sys/fs/cgroup";
constexpr const char* kMemoryV1 = "/sys/fs/cgroup/memory";
constexpr int kSpared = -500;

Status write_file(const std::string& path, const std::string& text) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file) return errno_error(path, errno);
  const auto size = static_cast<ssize_t>(text.size());
  return ::write(file.get(), text.data(), text.size()) == size ? Status()
                                                               : errno_error(path, errno);
}

Status make_group(const std::string& path) {
  if (::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST) return {};
  return errno_error(path, errno);
}

bool has_unified_memory() {
  const auto controllers = read_small_file(std::string(kUnified) + "/cgroup.controllers");
  return controllers && (" " + *controllers + " ").find(" memory") != std::string::npos;
}

// Where the memory controller is, and the name of the bound there.
struct Controller {
  std::string top;
  std::string bound;
};
Result<Controller> find_controller() {
  const std::string top(kUnified);
  if (has_unified_memory()) {
    // Each level hands the controller on to the one below it.
    for (const auto& level : {top, top + "/arcus"}) {
      if (auto made = make_group(level); !made) return made.error();
      auto handed = write_file(level + "/cgroup.subtree_control", "+memory");
      if (!handed) return handed.error();
    }
    return Controller{top, "memory.max"};
  }
  if (::access(kMemoryV1, W_OK) == 0) return Controller{kMemoryV1, "memory.limit_in_bytes"};
  return Error{ErrorCode::kNotFound, "this host has no memory controller that we may use"};
}

}  // namespace

Status bound_memory(const std::string& node, std::uint64_t bytes) {
  const auto controller = find_controller();
  if (!controller) return controller.error();
  const std::string group = controller->top + "/arcus/" + node;
  for (const auto& path : {controller->top + "/arcus", group}) {
    if (auto made = make_group(path); !made) return made;
  }
  if (auto bound = write_file(group + "/" + controller->bound, std::to_string(bytes)); !bound) {
    return bound;
  }
  return write_file(group + "/cgroup.procs", std::to_string(::getpid()));
}

Status spare_from_oom() {
  return write_file("/proc/self/oom_score_adj", std::to_string(kSpared));
}

void apply_limits(const ChildLimits& limits) {
  // What is refused is not worth a node that doesn't start.
  [[maybe_unused]] const auto adjusted =
      write_file("/proc/self/oom_score_adj", std::to_string(limits.oom_score_adj));
  if (!limits.core) return;
  rlimit core{};
  ::getrlimit(RLIMIT_CORE, &core);
  core.rlim_cur = std::min<rlim_t>(*limits.core, core.rlim_max);
  ::setrlimit(RLIMIT_CORE, &core);
}

}  // namespace arcus::daemon
