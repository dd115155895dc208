// SHA-256 of files and texts, in lower-case hexadecimal, as sha256sum(1) prints it. libcrypto's,
// which is there with libssh anyway and uses the processor's own instructions. Any thread.
#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/handle.h"
#include "core/base/result.h"

namespace arcus::pack {

class Sha256 {
 public:
  Sha256();
  void update(const void* bytes, std::size_t size);
  std::string hex();  // once, at the end

 private:
  Handle<EVP_MD_CTX, EVP_MD_CTX_free> context_;
};

std::string sha256_text(std::string_view text);
Result<std::string> sha256_file(const std::string& path);

}  // namespace arcus::pack
