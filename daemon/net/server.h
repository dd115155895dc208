// Server: the listening sockets, the thread that accepts, and the workers it gives connections to:
// each to the one that has the fewest. Made and stopped by main; start(), drain() and the
// destructor on main's thread.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "daemon/net/listener.h"
#include "daemon/net/worker.h"

namespace arcus::daemon {

class Server {
 public:
  Server(Engine& engine, std::vector<Listener> listeners);
  ~Server();

  Status start();
  void stop_accepting();
  // Accepts no more, lets requests that are on their way finish, until the deadline.
  void drain(const Deadline& deadline);

 private:
  void accept_loop();
  bool accept_one(int listener);
  bool may_come_in(const sockaddr_storage& peer) const;
  Worker& least_loaded();
  bool visit(ConnectionCursor& cursor, const ConnectionVisitor& visitor) const;
  void refuse(UniqueFd client);

  Engine& engine_;
  std::vector<Listener> listeners_;
  std::vector<ConnectionView> listening_;  // as they are shown; not changed once workers run
  std::vector<std::unique_ptr<Worker>> workers_;
  std::size_t next_worker_ = 0;
  Cancel stop_;
  std::thread acceptor_;
};

}  // namespace arcus::daemon
