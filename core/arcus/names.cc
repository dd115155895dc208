#include "core/arcus/names.h"

#include "core/base/text.h"

namespace arcus {

std::string_view node_address(std::string_view child) { return child.substr(0, child.find('-')); }

std::optional<NodeName> parse_node_name(std::string_view child) {
  const auto dash = child.find('-');
  const auto address = parse_host_port(child.substr(0, dash));
  if (!address) return std::nullopt;
  const auto hostname = dash == std::string_view::npos ? "" : child.substr(dash + 1);
  return NodeName{address->host, address->port, std::string(hostname)};
}

namespace znode {
namespace {

std::string below(std::string_view parent, std::string_view child) {
  std::string path(parent);
  path += '/';
  path += child;
  return path;
}

}  // namespace

std::string cache_list(std::string_view service) { return below(kCacheList, service); }
std::string cache_list(std::string_view service, std::string_view child) {
  return below(cache_list(service), child);
}
std::string client_list(std::string_view service) { return below(kClientList, service); }
std::string mapping(std::string_view address) { return below(kMapping, address); }
std::string mapping(std::string_view address, std::string_view service) {
  return below(mapping(address), service);
}
std::string server_log(std::string_view day) { return below(kServerLog, day); }

}  // namespace znode
}  // namespace arcus
