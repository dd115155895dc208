#include "daemon/supervisor/log_file.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "core/base/text.h"

namespace arcus::daemon {
namespace {

Status copy_to(const UniqueFd& from, const std::string& path) {
  const UniqueFd to(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640));
  if (!to) return errno_error(path, errno);
  off_t at = 0;
  while (true) {
    const ssize_t copied = ::sendfile(to.get(), from.get(), &at, 1 << 20);
    if (copied < 0 && errno == EINTR) continue;
    if (copied < 0) return errno_error("copying to " + path, errno);
    if (copied == 0) return {};
  }
}

}  // namespace

Result<UniqueFd> open_log(const std::string& path) {
  UniqueFd file(::open(path.c_str(),
                       O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0640));
  if (!file) return errno_error(path, errno);
  return file;
}

Status cap_log(const UniqueFd& log, const std::string& path, std::uint64_t limit) {
  struct stat info {};
  if (::fstat(log.get(), &info) != 0) return errno_error(path, errno);
  if (static_cast<std::uint64_t>(info.st_size) <= limit) return {};
  const Status copied = copy_to(log, path + ".1");
  if (::ftruncate(log.get(), 0) != 0) return errno_error("emptying " + path, errno);
  return copied;
}

std::vector<std::string> last_lines(const std::string& path, std::size_t count) {
  constexpr off_t kTail = 64 << 10;
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return {};
  const off_t from = std::max<off_t>(0, info.st_size - kTail);
  std::string text(static_cast<std::size_t>(info.st_size - from), '\0');
  const ssize_t got = ::pread(file.get(), text.data(), text.size(), from);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, got)));
  auto all = lines(text);
  if (from > 0 && all.size() > 1) all.erase(all.begin());  // a line cut in two
  if (all.size() > count) all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(count));
  return all;
}

}  // namespace arcus::daemon
