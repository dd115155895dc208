// SHA-256 of files and texts, in lower-case hexadecimal, as sha256sum(1) prints it. Any thread.
#pragma once

#include <sha2.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace arcus::pack {

class Sha256 {
 public:
  Sha256() { SHA256Init(&context_); }
  void update(const void* bytes, std::size_t size) {
    SHA256Update(&context_, static_cast<const std::uint8_t*>(bytes), size);
  }
  std::string hex();  // once, at the end

 private:
  SHA2_CTX context_{};
};

std::string sha256_text(std::string_view text);
Result<std::string> sha256_file(const std::string& path);

}  // namespace arcus::pack
