#include "daemon/membership/session_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <optional>

#include "core/base/text.h"
#include "core/base/unique_fd.h"

namespace arcus::daemon {
namespace {

constexpr std::size_t kMaxFile = 256;
constexpr std::size_t kIdDigits = 16;

std::optional<std::uint64_t> parse_hex(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.begin(), text.end(), number, 16);
  if (failure != std::errc() || end != text.end()) return std::nullopt;
  return number;
}

std::string format_hex(std::uint64_t number, std::size_t digits) {
  std::string text(digits, '0');
  for (std::size_t i = digits; i-- > 0; number >>= 4) text[i] = "0123456789abcdef"[number & 15];
  return text;
}

std::optional<zk::SessionId> parse_session(std::string_view text) {
  const std::vector<std::string> words = split(trim(text), ' ');
  zk::SessionId session;
  if (words.size() != 2 || words[0].size() != kIdDigits ||
      words[1].size() != 2 * session.password.size()) {
    return std::nullopt;
  }
  const auto id = parse_hex(words[0]);
  if (!id || *id == 0) return std::nullopt;
  session.id = static_cast<std::int64_t>(*id);
  for (std::size_t i = 0; i < session.password.size(); ++i) {
    const auto byte = parse_hex(std::string_view(words[1]).substr(2 * i, 2));
    if (!byte) return std::nullopt;
    session.password[i] = static_cast<char>(*byte);
  }
  return session;
}

Status write_all(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno != EINTR) return errno_error("writing " + path, errno);
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

Result<zk::SessionId> read_session_file(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return errno_error("reading " + path, errno);
  char buffer[kMaxFile];
  const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
  if (got < 0) return errno_error("reading " + path, errno);
  const auto session = parse_session(std::string_view(buffer, static_cast<std::size_t>(got)));
  if (!session) return invalid("reading " + path + ": not a saved ZooKeeper session");
  return *session;
}

Status write_session_file(const std::string& path, const zk::SessionId& session) {
  std::string text = format_hex(static_cast<std::uint64_t>(session.id), kIdDigits) + " ";
  for (const char byte : session.password) text += format_hex(static_cast<unsigned char>(byte), 2);
  text += '\n';

  const std::string temporary = path + ".new";
  ::unlink(temporary.c_str());
  UniqueFd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) return errno_error("writing " + temporary, errno);
  Status written = write_all(fd.get(), text, temporary);
  fd.reset();
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) {
    written = errno_error("replacing " + path, errno);
  }
  if (!written) ::unlink(temporary.c_str());
  return written;
}

void remove_session_file(const std::string& path) {
  ::unlink(path.c_str());
}

}  // namespace arcus::daemon
