#include "core/plan/node_facts.h"

#include "core/base/text.h"
#include "core/cluster/json_text.h"

namespace arcus::plan {
namespace {

using cluster::Json;

template <typename T>
void take(const Json& from, const char* name, T& into) {
  const auto found = from.find(name);
  if (found != from.end()) found->get_to(into);
}

}  // namespace

std::optional<NodeFacts> parse_node_facts(const std::string& text) try {
  cluster::Complaints ignored;
  const auto json = cluster::parse_json(text, ignored);
  if (!json || !json->is_object() || !json->contains("state")) return std::nullopt;
  NodeFacts node;
  take(*json, "node", node.address);
  take(*json, "service", node.service);
  take(*json, "release", node.release);
  take(*json, "argv", node.argv);
  take(*json, "wanted", node.wanted);
  take(*json, "state", node.state);
  take(*json, "since", node.since);
  take(*json, "restarts", node.restarts);
  take(*json, "last_exit", node.last_exit);
  take(*json, "last_died", node.last_died);
  take(*json, "trouble", node.trouble);
  take(*json, "last_words", node.last_words);
  take(*json, "retry_at", node.retry_at);
  take(*json, "supervisor_alive", node.supervised);
  return node;
} catch (const nlohmann::json::exception&) {
  return std::nullopt;  // not what our supervisors write
}

HostNodes host_nodes(const Outcome& outcome) {
  HostNodes host;
  host.host = outcome.host;
  if (outcome.state != State::kDone) {
    host.error = outcome.detail.empty() ? "not asked" : outcome.detail;
    return host;
  }
  if (const auto current = outcome.facts.find("current"); current != outcome.facts.end()) {
    host.current = current->second;
  }
  const auto [begin, end] = outcome.facts.equal_range("status");
  for (auto it = begin; it != end; ++it) {
    if (auto node = parse_node_facts(it->second)) host.nodes[node->address] = std::move(*node);
  }
  return host;
}

std::optional<std::uint64_t> option_of(const std::vector<std::string>& argv, char option) {
  const std::string name = {'-', option};
  std::optional<std::uint64_t> found;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    if (!argv[i].starts_with(name)) continue;
    const bool apart = argv[i].size() == name.size();
    if (apart && i + 1 == argv.size()) continue;
    const auto number = parse_number(apart ? argv[i + 1] : argv[i].substr(name.size()));
    if (number) found = number;
  }
  return found;
}

}  // namespace arcus::plan
