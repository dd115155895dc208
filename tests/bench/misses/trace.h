// A trace: requests for keys in an order that matters, made up (patterns.h) or read from a file
// (trace_file.h). Whoever replays or simulates it pulls one request after the other; one thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/result.h"

namespace arcus::bench::misses {

struct Request {
  std::uint64_t key = 0;  // which key; its text: write_key()
  std::uint32_t key_size = 0;
  std::uint32_t value_size = 0;

  bool operator==(const Request&) const = default;
};

class Trace {
 public:
  virtual ~Trace() = default;
  virtual bool next(Request& request) = 0;      // false: the trace is over
  virtual Status status() const { return {}; }  // why it is over, where that was too early
};

// A key's text has at least so many characters, or keys would become one.
constexpr std::uint32_t kLeastKeySize = 11;
constexpr std::uint32_t kGreatestKeySize = 250;

// Writes the key's text, request.key_size characters, to `to`.
void write_key(const Request& request, char* to);

}  // namespace arcus::bench::misses
