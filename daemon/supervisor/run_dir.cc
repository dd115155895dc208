#include "daemon/supervisor/run_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <thread>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "daemon/supervisor/process.h"

namespace arcus::daemon {
namespace {

namespace fs = std::filesystem;

constexpr int kOpenDir = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

Status check_node(const std::string& node) {
  const auto address = parse_host_port(node);
  const bool plain = node.find_first_not_of(
                         "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.:[]-_") ==
                     std::string::npos;
  if (address && plain && node.front() != '.' && format_host_port(*address) == node) return {};
  return invalid("node \"" + printable(node) + "\": expected <ip>:<port>, such as 10.0.0.1:11211");
}

Status make_dir(const std::string& path) {
  if (::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST) return {};
  return errno_error("making " + path, errno);
}

Status write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno_error("write", errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

Result<RunDir> RunDir::open(const std::string& dir, const std::string& node) {
  if (auto checked = check_node(node); !checked) return checked.error();
  std::error_code error;
  RunDir run;
  run.dir_ = fs::weakly_canonical(dir, error).string();
  if (error) return errno_error(dir, error.value());
  run.node_ = node;
  run.path_ = run.dir_ + "/run/" + node;
  run.fd_.reset(::open(run.path_.c_str(), kOpenDir));
  struct stat info {};
  if (!run.fd_ || ::fstat(run.fd_.get(), &info) != 0) return errno_error(run.path_, errno);
  run.owner_ = info.st_uid;
  run.group_ = info.st_gid;
  return run;
}

Result<RunDir> RunDir::make(const std::string& dir, const std::string& node) {
  if (auto checked = check_node(node); !checked) return checked.error();
  if (!fs::is_directory(dir)) {
    return Error{ErrorCode::kNotFound, dir + ": no such directory (deploy to this host first)"};
  }
  for (const auto& path : {dir + "/run", dir + "/log", dir + "/run/" + node}) {
    if (auto made = make_dir(path); !made) return made.error();
  }
  return open(dir, node);
}

// Root makes what the supervisor, no longer root, will write: it can't create files in log/.
Status RunDir::give_to(const Identity& owner) {
  owner_ = owner.uid;
  group_ = owner.gid;
  if (auto given = give_to_owner(fd_.get()); !given) return given.error().in(path_);
  for (const auto& log : {log_path(), log_path() + ".1"}) {
    const UniqueFd file(::open(
        log.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0640));
    if (!file) return errno_error(log, errno);
    if (auto given = give_to_owner(file.get()); !given) return given.error().in(log);
  }
  // Left by an engine that ran as another user.
  const UniqueFd session(
      ::openat(fd_.get(), "session", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (session) return give_to_owner(session.get());
  return {};
}

Status RunDir::give_to_owner(int fd) const {
  if (::geteuid() != 0) return {};
  struct stat info {};
  if (::fstat(fd, &info) != 0) return errno_error("fstat", errno);
  if (info.st_uid == owner_ && info.st_gid == group_) return {};
  // A second name could be a file of somebody else's that was linked here.
  if (!S_ISDIR(info.st_mode) && (!S_ISREG(info.st_mode) || info.st_nlink != 1)) {
    return Error{ErrorCode::kRefused, "not a plain file, or one with several names"};
  }
  if (::fchown(fd, owner_, group_) == 0) return {};
  return errno_error("fchown", errno);
}

Result<std::vector<std::string>> RunDir::nodes(const std::string& dir) {
  std::vector<std::string> found;
  std::error_code error;
  const fs::path run = fs::path(dir) / "run";
  if (!fs::exists(run, error)) return found;
  for (fs::directory_iterator at(run, error), end; !error && at != end; at.increment(error)) {
    if (const auto name = at->path().filename().string(); check_node(name)) found.push_back(name);
  }
  if (error) return errno_error(run.string(), error.value());
  std::sort(found.begin(), found.end());
  return found;
}

std::string RunDir::path(std::string_view file) const {
  return path_ + "/" + std::string(file);
}
std::string RunDir::log_path() const {
  return dir_ + "/log/" + node_ + ".log";
}

Result<Wish> RunDir::wish() const {
  auto text = read_small_file(path("wanted"));
  if (!text) return text.error();
  auto wish = decode_wish(*text);
  return wish ? wish : wish.error().in(path("wanted"));
}

Result<Spec> RunDir::spec() const {
  auto text = read_small_file(path("spec.json"));
  if (!text) return text.error();
  auto spec = decode_spec(*text);
  return spec ? spec : spec.error().in(path("spec.json"));
}

Result<NodeStatus> RunDir::status() const {
  auto text = read_small_file(path("status.json"));
  if (!text) return text.error();
  auto status = decode_status(*text);
  return status ? status : status.error().in(path("status.json"));
}

Status RunDir::write_wish(const Wish& wish) const {
  return replace({.file = "wanted", .content = encode_wish(wish), .durable = true});
}

Status RunDir::write_spec(const Spec& spec) const {
  // Its environment may hold a secret.
  return replace(
      {.file = "spec.json", .content = encode_spec(spec), .mode = 0600, .durable = true});
}

Status RunDir::write_status(const NodeStatus& status) const {
  return replace({.file = "status.json", .content = encode_status(status)});
}

Status RunDir::replace(const Replace& what) const {
  const std::string name(what.file);
  const std::string temporary = "." + name + "." + std::to_string(::getpid());
  ::unlinkat(fd_.get(), temporary.c_str(), 0);
  UniqueFd file(::openat(fd_.get(), temporary.c_str(),
                         O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, what.mode));
  if (!file) return errno_error("writing " + path(name), errno);
  Status written = give_to_owner(file.get());
  if (written) written = write_all(file.get(), what.content);
  if (written && what.durable && ::fsync(file.get()) != 0) written = errno_error("fsync", errno);
  if (written && ::renameat(fd_.get(), temporary.c_str(), fd_.get(), name.c_str()) != 0) {
    written = errno_error("rename", errno);
  }
  if (written) return {};
  ::unlinkat(fd_.get(), temporary.c_str(), 0);
  return written.error().in("writing " + path(name));
}

Result<UniqueFd> RunDir::lock(std::string_view file, std::chrono::milliseconds wait) const {
  const std::string name(file);
  UniqueFd lock(::openat(fd_.get(), name.c_str(),
                         O_RDONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644));
  if (!lock) return errno_error(path(name), errno);
  if (auto given = give_to_owner(lock.get()); !given) return given.error().in(path(name));
  const Deadline deadline = Deadline::in(wait);
  while (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return errno_error("locking " + path(name), errno);
    if (deadline.passed()) {
      return Error{ErrorCode::kConflict, path(name) + " is held by another process", true};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return lock;
}

bool RunDir::owns(const ProcessId& id) const {
  return alive(id) && process_owner(id.pid) == owner_;
}

}  // namespace arcus::daemon
