#include "core/pack/sha256.h"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <vector>

#include "core/base/unique_fd.h"

namespace arcus::pack {

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
}

void Sha256::update(const void* bytes, std::size_t size) {
  EVP_DigestUpdate(context_.get(), bytes, size);
}

std::string Sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    text += kDigits[digest[i] >> 4];
    text += kDigits[digest[i] & 15];
  }
  return text;
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
