// Receiving: how a command gets the value that follows its line, wherever it lies: still in the
// read buffer, or, as it arrives in pieces, in memory of the session or where it is going to stay.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/command/command.h"

namespace arcus::daemon {

inline constexpr std::string_view kBadChunk = "CLIENT_ERROR bad data chunk\r\n";
// A value that long would not be waited for.
inline constexpr std::int64_t kMostBytes = 0x7fffffff - 2;

// A value that has arrived.
struct Received {
  std::string_view body;  // with its CR LF
  LargeRef large;         // what holds it, where it may stay there

  bool whole() const { return body.ends_with("\r\n"); }
  std::string_view value() const { return body.substr(0, body.size() - 2); }
};

// A value that is arriving, and the line before it, which is read once more when it is there.
struct Receiving : Remembered {
  std::string arguments;
  std::uint64_t hash = 0;
  int mode = 0;  // for the command
  std::unique_ptr<char[]> small;
  LargeRef large;
  std::size_t size = 0;  // with the CR LF
  std::size_t done = 0;  // how far a command is that works on it in steps

  // Where it lies, for a command that leaves it here until it is over.
  char* data() const { return large ? large->data() : small.get(); }
  std::string_view body() const { return {data(), size}; }
  Received take();
};

// For a request that has no body yet: waits for `size` bytes and a CR LF, and then calls `then`,
// which finds a Receiving. False, and nothing waits, when there is no memory for it.
bool receive(Call& call, const Request& request, std::size_t size, int mode, Continuation then);
// Passes over a value that is not wanted, here or still to come.
Progress swallow(Call& call, const Request& request, std::size_t size);

}  // namespace arcus::daemon
