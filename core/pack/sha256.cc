#include "core/pack/sha256.h"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <vector>

#include "core/base/unique_fd.h"

namespace arcus::pack {

std::string Sha256::hex() {
  std::array<char, SHA256_DIGEST_STRING_LENGTH> text{};
  SHA256End(&context_, text.data());
  return text.data();
}

std::string sha256_text(std::string_view text) {
  Sha256 sum;
  sum.update(text.data(), text.size());
  return sum.hex();
}

Result<std::string> sha256_file(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return errno_error("reading " + path, errno);
  Sha256 sum;
  std::vector<char> buffer(128 << 10);
  while (true) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("reading " + path, errno);
    if (got == 0) return sum.hex();
    sum.update(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace arcus::pack
