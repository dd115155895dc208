#include "daemon/membership/session_machine.h"

#include <algorithm>

namespace arcus::daemon {

std::string_view seat_name(Seat seat) {
  switch (seat) {
    case Seat::kAssociated:
      return "associated";
    case Seat::kLost:
      return "lost";
    case Seat::kExpired:
      return "expired";
    case Seat::kAuthFailed:
      return "auth-failed";
    case Seat::kRemoved:
      return "removed";
    case Seat::kLeft:
      return "left";
  }
  return "";
}

std::vector<SessionAction> SessionMachine::on(const SessionEvent& event) {
  using enum SessionEvent::Kind;
  if (!ready()) return {};  // nothing brings the znode back
  switch (event.kind) {
    case kConnected:
      return on_connected();
    case kDisconnected:
      connected_ = false;
      seat_ = Seat::kLost;
      return {};
    case kExpired:
      return out(Seat::kExpired);
    case kAuthFailed:
      return out(Seat::kAuthFailed);
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
    case kMappingTouched:
      mapping_owed_ = true;
      if (connected_) return {SessionAction::kReadMapping};
      return {};
    case kMappingRead:
      return on_mapping(event.children);
    case kConfigTouched:
      config_owed_ = !connected_;
      if (connected_) return {SessionAction::kReadConfig};
      return {};
    case kAskedToLeave: {
      auto actions = out(Seat::kLeft);
      actions.insert(actions.begin(), SessionAction::kRemoveZnode);
      return actions;
    }
  }
  return {};
}

std::vector<SessionAction> SessionMachine::on_connected() {
  connected_ = true;
  seat_ = Seat::kAssociated;
  std::vector<SessionAction> actions;
  if (list_owed_) actions.push_back(SessionAction::kListNodes);
  if (mapping_owed_) actions.push_back(SessionAction::kReadMapping);
  if (config_owed_) actions.push_back(SessionAction::kReadConfig);
  config_owed_ = false;
  return actions;
}

std::vector<SessionAction> SessionMachine::on_listed(const std::vector<std::string>& children) {
  list_owed_ = false;
  // Clients have moved on to other nodes, so what is stored here grows stale.
  if (std::find(children.begin(), children.end(), own_znode_) == children.end()) {
    return out(Seat::kRemoved);
  }
  if (children == nodes_) return {};
  nodes_ = children;
  return {SessionAction::kTellNodes};
}

std::vector<SessionAction> SessionMachine::on_mapping(const std::vector<std::string>& services) {
  mapping_owed_ = false;
  const bool named = std::any_of(services.begin(), services.end(), [&](const auto& service) {
    return service.substr(0, service.find('^')) == service_;
  });
  if (named == registered_) return {};
  registered_ = named;
  return {SessionAction::kTellMapping};
}

std::vector<SessionAction> SessionMachine::out(Seat seat) {
  seat_ = seat;
  connected_ = false;
  return {SessionAction::kEndSession, SessionAction::kOut};
}

}  // namespace arcus::daemon
