// What commands see of the network layer, which they do not know: how many connections there are,
// and a look at each. The server fills in both; any thread may read.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace arcus::daemon {

struct ConnectionStats {
  std::atomic<std::uint64_t> current = 0;
  std::atomic<std::uint64_t> total = 0;
  std::atomic<std::uint64_t> rejected = 0;
  std::atomic<std::uint64_t> listening = 0;
};

// One connection, or a listening socket, at this moment.
struct ConnectionView {
  int number = 0;          // its descriptor
  std::string peer;        // "tcp:127.0.0.1:4711", "tcp6:[::1]:4711" or "unix:path"; of a
                           // listening socket, its own address
  std::string local;       // the address it came in on, written likewise; empty: it listens
  std::string_view state;  // by the names that memcached gives them: conn_listening, conn_read
                           // (waits for a request), conn_nread (for a value), conn_mwrite (for
                           // the client to take its reply), conn_parse_cmd (for its turn)
  std::uint32_t idle = 0;  // seconds since it last had a request or took something of a reply
};

// Shows some of the connections and moves on; whether there are more, so that a command may yield
// between two steps. One that comes or goes meanwhile may be missed, another be shown twice.
struct ConnectionCursor {
  std::size_t group = 0;  // listeners, then the workers
  std::size_t slot = 0;
};
using ConnectionVisitor = std::function<void(const ConnectionView& connection)>;
using VisitConnections = std::function<bool(ConnectionCursor& cursor, const ConnectionVisitor&)>;

}  // namespace arcus::daemon
