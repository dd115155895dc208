#include "daemon/net/batch.h"

#include <memory>

namespace arcus::daemon {

ParseStatus Batch::fill(RequestParser parser, const Engine& engine, std::string_view bytes) {
  const char* const begin = bytes.data();
  size_ = 0;
  ParseStatus status = ParseStatus::kRequest;
  for (bool follows = true; follows && size_ < kMost;) {
    if (bytes.empty()) {
      status = ParseStatus::kNeedMore;
      break;
    }
    Entry& entry = *std::construct_at(&entries_[size_]);
    status = parser.parse(bytes, entry.request, entry.line_size);
    if (status != ParseStatus::kRequest) break;
    ++size_;
    parser.take(entry.request);
    bytes.remove_prefix(entry.line_size);
    follows = Session::look_ahead(engine, bytes, entry.request);
    bytes.remove_prefix(entry.request.body.size());
  }
  bytes_ = static_cast<std::size_t>(bytes.data() - begin);
  // One alone has nothing to run in front of it meanwhile.
  if (size_ <= 1) return status;
  for (std::size_t i = 0; i < size_; ++i) Session::look_again(engine, entries_[i].request);
  return status;
}

}  // namespace arcus::daemon
