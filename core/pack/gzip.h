// A .gz file that is written front to back and summed on the way. What does not compress (jars,
// other archives) is stored as it is, which is ten times as fast as finding that out byte by byte.
// The same writes give the same bytes. The only user of zlib. One thread.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/pack/sha256.h"

namespace arcus::pack {

class GzipFile {
 public:
  // Writes to `fd`, an empty file, which stays the caller's.
  explicit GzipFile(int fd);
  ~GzipFile();
  GzipFile(const GzipFile&) = delete;
  GzipFile& operator=(const GzipFile&) = delete;

  Status write(std::string_view bytes);
  Status finish();  // once, at the end

  // Of the whole file, after finish().
  std::uint64_t size() const { return size_; }
  std::string sha256() { return sum_.hex(); }

 private:
  bool compresses(std::string_view piece);
  Status set_level(int level);
  Status deflate_all(std::string_view piece, int flush);
  Status drain();

  int fd_;
  z_stream stream_{};
  z_stream sampler_{};
  int level_;
  std::vector<unsigned char> out_;
  std::uint64_t size_ = 0;
  Sha256 sum_;
};

}  // namespace arcus::pack
