// stats conns: every connection and every listening socket.
#include <string>

#include "daemon/command/stats.h"

namespace arcus::daemon {
namespace {

struct Listing : Remembered {
  ConnectionCursor cursor;
};

void add_connection(Reply& reply, const ConnectionView& connection) {
  const std::string number = std::to_string(connection.number) + ":";
  // Of a listening socket, its own.
  add_stat(reply, number + "addr", connection.peer);
  if (!connection.local.empty()) add_stat(reply, number + "listen_addr", connection.local);
  add_stat(reply, number + "state", connection.state);
  add_stat(reply, number + "secs_since_last_cmd", connection.idle);
}

Progress list_more(Call& call) {
  auto& state = call.session.remembered<Listing>();
  const bool more = call.engine.visit_connections(
      state.cursor,
      [&](const ConnectionView& connection) { add_connection(call.reply, connection); });
  return more ? call.session.yield(list_more) : end_stats(call);
}

}  // namespace

Progress stats_conns(Call& call) {
  if (!call.engine.visit_connections) return end_stats(call);
  call.session.remember<Listing>();
  return list_more(call);
}

}  // namespace arcus::daemon
