#include "core/pack/gzip.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace arcus::pack {

namespace {

constexpr int kStored = 0;
constexpr int kFast = 1;
constexpr int kGzipWrapper = 16 + MAX_WBITS;  // no name and no time in the header
constexpr int kRaw = -MAX_WBITS;
constexpr int kMemory = 9;

constexpr std::size_t kPiece = 64 << 10;  // judged as a whole
constexpr std::size_t kSample = 4 << 10;  // by this much of its middle
constexpr std::size_t kBuffer = 256 << 10;

unsigned char* bytes_of(std::string_view text) {  // zlib reads through a pointer to non-const
  return reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
}

}  // namespace

GzipFile::GzipFile(int fd) : fd_(fd), level_(kFast), out_(kBuffer) {
  deflateInit2(&stream_, kFast, Z_DEFLATED, kGzipWrapper, kMemory, Z_DEFAULT_STRATEGY);
  deflateInit2(&sampler_, kFast, Z_DEFLATED, kRaw, kMemory, Z_DEFAULT_STRATEGY);
  stream_.next_out = out_.data();
  stream_.avail_out = static_cast<uInt>(out_.size());
}

GzipFile::~GzipFile() {
  deflateEnd(&stream_);
  deflateEnd(&sampler_);
}

Status GzipFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kPiece);
    if (auto set = set_level(compresses(piece) ? kFast : kStored); !set) return set;
    if (auto written = deflate_all(piece, Z_NO_FLUSH); !written) return written;
    bytes.remove_prefix(piece.size());
  }
  return {};
}

Status GzipFile::finish() {
  if (auto written = deflate_all({}, Z_FINISH); !written) return written;
  return drain();
}

// Whether a sample gets smaller by a sixteenth.
bool GzipFile::compresses(std::string_view piece) {
  const std::size_t size = std::min(piece.size(), kSample);
  const std::string_view sample = piece.substr((piece.size() - size) / 2, size);
  std::array<unsigned char, kSample> out;
  deflateReset(&sampler_);
  sampler_.next_in = bytes_of(sample);
  sampler_.avail_in = static_cast<uInt>(size);
  sampler_.next_out = out.data();
  sampler_.avail_out = static_cast<uInt>(size - size / 16);
  return deflate(&sampler_, Z_FINISH) == Z_STREAM_END;
}

// What was taken in at the old level goes out at it.
Status GzipFile::set_level(int level) {
  if (level == level_) return {};
  int answer = Z_BUF_ERROR;
  while ((answer = deflateParams(&stream_, level, Z_DEFAULT_STRATEGY)) == Z_BUF_ERROR) {
    if (auto drained = drain(); !drained) return drained;
  }
  if (answer != Z_OK) return Error{ErrorCode::kInternal, "zlib cannot change its level", false};
  level_ = level;
  return {};
}

Status GzipFile::deflate_all(std::string_view piece, int flush) {
  stream_.next_in = bytes_of(piece);
  stream_.avail_in = static_cast<uInt>(piece.size());
  while (true) {
    if (stream_.avail_out == 0) {
      if (auto drained = drain(); !drained) return drained;
    }
    const int answer = deflate(&stream_, flush);
    if (answer == Z_STREAM_END) return {};
    const bool nothing_left = answer == Z_BUF_ERROR && flush == Z_NO_FLUSH;
    if (nothing_left) return {};
    if (answer != Z_OK) return Error{ErrorCode::kInternal, "zlib cannot compress", false};
    if (flush == Z_NO_FLUSH && stream_.avail_in == 0 && stream_.avail_out > 0) return {};
  }
}

Status GzipFile::drain() {
  std::size_t left = out_.size() - stream_.avail_out;
  const unsigned char* at = out_.data();
  sum_.update(at, left);
  size_ += left;
  while (left > 0) {
    const ssize_t written = ::write(fd_, at, left);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno_error("writing the package", errno);
    at += written;
    left -= static_cast<std::size_t>(written);
  }
  stream_.next_out = out_.data();
  stream_.avail_out = static_cast<uInt>(out_.size());
  return {};
}

}  // namespace arcus::pack
