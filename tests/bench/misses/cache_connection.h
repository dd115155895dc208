// A client's connection to a cache server in the text protocol, for replays: gets and sets are
// collected, sent as one, and their answers read in order. Checks that a value is the key's own.
// One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"
#include "tests/bench/misses/trace.h"

namespace arcus::bench::misses {

class CacheConnection {
 public:
  static Result<CacheConnection> open(const HostPort& server);

  // Sends the sets, then one get for all the keys.
  Status send(const std::vector<Request>& sets, const std::vector<Request>& gets);

  struct Answers {
    std::uint32_t refused = 0;  // of the sets
    std::vector<bool> hits;     // by get
  };
  // The answers to what was sent last.
  Result<Answers> receive(const std::vector<Request>& sets, const std::vector<Request>& gets);

 private:
  explicit CacheConnection(UniqueFd fd) : fd_(std::move(fd)) {}

  void append_set(const Request& request);
  Status read_values(const std::vector<Request>& gets, Answers& answers);
  // Waits for a whole line; for so many bytes. What they return is good until the next of them.
  Result<std::string_view> read_line();
  Result<std::string_view> read_bytes(std::size_t count);
  Status read_more();

  UniqueFd fd_;
  std::string out_;
  std::string in_;
  std::size_t taken_ = 0;  // of in_
};

}  // namespace arcus::bench::misses
