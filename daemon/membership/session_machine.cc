#include "daemon/membership/session_machine.h"

#include <algorithm>

namespace arcus::daemon {

std::vector<SessionAction> SessionMachine::on(const SessionEvent& event) {
  using enum SessionEvent::Kind;
  if (!ready_) {
    // Nothing brings the znode back; the connection is still worth showing.
    if (event.kind == kConnected || event.kind == kDisconnected) {
      connected_ = event.kind == kConnected;
    }
    return {};
  }
  switch (event.kind) {
    case kConnected:
      connected_ = true;
      if (list_owed_) return {SessionAction::kListNodes};
      return {};
    case kDisconnected:
      connected_ = false;
      return {};
    case kExpired:
      return on_expired();
    case kNodesTouched:
    case kRetryDue:
      list_owed_ = true;
      if (connected_) return {SessionAction::kListNodes};
      return {};
    case kNodesListed:
      return on_listed(event.children);
    case kListFailed:
      list_owed_ = true;
      if (connected_) return {SessionAction::kListNodesLater};
      return {};
  }
  return {};
}

std::vector<SessionAction> SessionMachine::on_listed(const std::vector<std::string>& children) {
  list_owed_ = false;
  if (std::find(children.begin(), children.end(), own_znode_) == children.end()) {
    // Somebody deleted it. Clients have moved on to other nodes, so what is stored here grows stale
    // whatever fail-stop says.
    ready_ = false;
    znode_removed_ = true;
    return {SessionAction::kStop};
  }
  if (children == nodes_) return {};
  nodes_ = children;
  return {SessionAction::kTellNodes};
}

std::vector<SessionAction> SessionMachine::on_expired() {
  connected_ = false;
  ready_ = false;
  if (fail_stop_) return {SessionAction::kEndSession, SessionAction::kStop};
  return {SessionAction::kEndSession};
}

}  // namespace arcus::daemon
