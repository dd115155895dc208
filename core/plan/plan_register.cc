#include <algorithm>
#include <set>

#include "core/arcus/names.h"
#include "core/base/text.h"
#include "core/cluster/load.h"
#include "core/plan/planners.h"

namespace arcus::plan {
namespace {

// The server takes packets of 1 MB (jute.maxbuffer); half of it leaves room for what we don't
// count.
constexpr std::size_t kMaxTransaction = 512 * 1024;

std::size_t size_of(const std::vector<ZnodeOp>& operations) {
  std::size_t bytes = 0;
  for (const auto& op : operations) bytes += op.path.size() + op.data.size() + 60;
  return bytes;
}

ZnodeOp create(std::string path, std::string data) {
  return {ZnodeOp::Kind::kCreate, std::move(path), std::move(data), -1};
}
ZnodeOp remove(std::string path) {
  return {ZnodeOp::Kind::kRemove, std::move(path), "", -1};
}

void add_mapping(const std::string& address, const std::string& config, const std::string& service,
                 std::vector<ZnodeOp>& ops) {
  ops.push_back(create(znode::mapping(address), config));
  ops.push_back(create(znode::mapping(address, service), ""));
}

void remove_mapping(const std::string& address, const MappingFacts& mapping,
                    const std::string& service, std::vector<ZnodeOp>& ops) {
  ops.push_back(remove(znode::mapping(address, service)));
  if (mapping.services.size() == 1) ops.push_back(remove(znode::mapping(address)));
}

// One line for each of the cloud's addresses that another cloud has.
std::vector<std::string> conflicts(const cluster::Cloud& cloud, const RegistryFacts& facts) {
  std::vector<std::string> found;
  for (const auto& node : cloud.nodes) {
    const auto mapping = facts.mappings.find(node.address());
    if (mapping == facts.mappings.end()) continue;
    for (const auto& service : mapping->second.services) {
      if (service != cloud.service_code) {
        found.push_back(node.address() + " belongs to the cloud " + service);
      }
    }
  }
  return found;
}

std::set<std::string> online(const CloudFacts& cloud) {
  std::set<std::string> addresses;
  for (const auto& child : cloud.children) addresses.insert(std::string(node_address(child.name)));
  return addresses;
}

// The change of mappings, noted in `registration` and appended to `ops`: first what goes.
void diff_mappings(const cluster::Cloud& cloud, const RegistryFacts& facts,
                   Registration& registration, std::vector<ZnodeOp>& ops) {
  std::set<std::string> wanted;
  for (const auto& node : cloud.nodes) wanted.insert(node.address());
  for (const auto& address : facts.mapped_to(cloud.service_code)) {
    if (wanted.count(address) != 0) continue;
    registration.removed.push_back(address);
    remove_mapping(address, facts.mappings.at(address), cloud.service_code, ops);
  }
  for (const auto& node : cloud.nodes) {
    const std::string address = node.address();
    const auto mapping = facts.mappings.find(address);
    if (mapping == facts.mappings.end()) {
      registration.added.push_back(address);
      add_mapping(address, node.mapping_config, cloud.service_code, ops);
      continue;
    }
    if (!cluster::same_json(mapping->second.config, node.mapping_config)) {
      registration.changed.push_back(address);
      ops.push_back({ZnodeOp::Kind::kSet, znode::mapping(address), node.mapping_config, -1});
    }
    if (mapping->second.services.empty()) {  // a mapping that lost its cloud is taken over
      registration.added.push_back(address);
      ops.push_back(create(znode::mapping(address, cloud.service_code), ""));
    }
  }
}

std::string summary(const Registration& registration) {
  std::vector<std::string> parts;
  const auto count = [&](const std::vector<std::string>& list, const char* what) {
    if (!list.empty()) parts.push_back(std::to_string(list.size()) + " " + what);
  };
  count(registration.added, "added");
  count(registration.changed, "changed");
  count(registration.removed, "removed");
  return parts.empty() ? "" : " (nodes: " + join(parts, ", ") + ")";
}

}  // namespace

Error unknown_service(const std::string& service, const RegistryFacts& facts) {
  std::vector<std::string> codes;
  for (const auto& [code, cloud] : facts.clouds) codes.push_back(code);
  const auto near = near_words(service, codes);
  std::string message = "no cloud " + service + " is registered";
  if (!near.empty())
    message += "; did you mean " + join(near, ", ") + "?";
  else if (codes.empty())
    message += "; there is none at all";
  else
    message += "; 'arcus memcached listall' shows those that are";
  return {ErrorCode::kNotFound, message, false};
}

Result<Registration> plan_register(const cluster::Cloud& cloud, const RegistryFacts& facts,
                                   const std::string& now) {
  if (!facts.tree) {
    return Error{ErrorCode::kNotFound,
                 "the ensemble has no Arcus tree: run 'arcus zookeeper init' first", false};
  }
  const auto taken = conflicts(cloud, facts);
  if (!taken.empty()) {
    return Error{ErrorCode::kConflict,
                 join(taken, "\n") + "\nNothing was changed: an ip:port can be in one cloud only",
                 false};
  }

  Registration registration;
  std::vector<ZnodeOp> mappings;
  diff_mappings(cloud, facts, registration, mappings);

  const auto known = facts.clouds.find(cloud.service_code);
  registration.is_new = known == facts.clouds.end();
  std::vector<ZnodeOp> ops;
  if (registration.is_new) {
    ops.push_back(
        create(znode::cache_list(cloud.service_code), cluster::document_for_znode(cloud, now)));
  } else {
    const auto old = cluster::parse_cloud_znode(known->second.document, cloud.service_code);
    const auto running = online(known->second);
    for (const auto& address : registration.removed) {
      if (running.count(address) != 0) registration.still_running.push_back(address);
    }
    const bool same = cluster::same_json(
        known->second.document, cluster::document_for_znode(cloud, old.created, old.modified));
    if (same && mappings.empty() && known->second.client_list) return registration;
    const std::string created = old.created.empty() ? now : old.created;
    ops.push_back({ZnodeOp::Kind::kSet, znode::cache_list(cloud.service_code),
                   cluster::document_for_znode(cloud, created, now), known->second.version});
  }
  if (registration.is_new || !known->second.client_list) {
    ops.push_back(create(znode::client_list(cloud.service_code), ""));
  }
  ops.insert(ops.end(), mappings.begin(), mappings.end());

  const std::size_t bytes = size_of(ops);
  if (bytes > kMaxTransaction) {
    return Error{ErrorCode::kRefused,
                 "the change is too large for one transaction (" + format_bytes(bytes) +
                     ", at most " + format_bytes(kMaxTransaction) +
                     "): register the cloud with fewer new nodes first, then with more of them",
                 false};
  }
  const std::string title =
      (registration.is_new ? "register " : "update ") + cloud.service_code + summary(registration);
  Stage stage{"Write the cloud to ZooKeeper", {}, OnFailure::kAll};
  stage.steps.push_back({"", title, ChangeZnodes{std::move(ops)}});
  registration.plan = {"memcached register", {std::move(stage)}, {}};
  return registration;
}

Result<Plan> plan_unregister(const std::string& service, const RegistryFacts& facts, bool force) {
  const auto known = facts.clouds.find(service);
  if (known == facts.clouds.end()) return unknown_service(service, facts);
  const CloudFacts& cloud = known->second;
  if (!force && (!cloud.children.empty() || !cloud.clients.empty())) {
    std::string message = "the cloud " + service + " is in use:";
    for (const auto& child : cloud.children) message += "\n  node online: " + child.name;
    for (const auto& client : cloud.clients) message += "\n  client connected: " + client;
    message += "\nstop it first ('arcus memcached stop " + service + "'), or use --force";
    return Error{ErrorCode::kRefused, message, false};
  }
  std::vector<ZnodeOp> ops;
  for (const auto& address : facts.mapped_to(service)) {
    remove_mapping(address, facts.mappings.at(address), service, ops);
  }
  // Forced: what others hold open goes too; a client or node that still lives must notice.
  for (const auto& child : cloud.children)
    ops.push_back(remove(znode::cache_list(service, child.name)));
  for (const auto& client : cloud.clients) {
    ops.push_back(remove(znode::client_list(service) + "/" + client));
  }
  if (cloud.client_list) ops.push_back(remove(znode::client_list(service)));
  ops.push_back({ZnodeOp::Kind::kRemove, znode::cache_list(service), "", cloud.version});
  Stage stage{"Remove the cloud from ZooKeeper", {}, OnFailure::kAll};
  stage.steps.push_back({"", "unregister " + service, ChangeZnodes{std::move(ops)}});
  return Plan{"memcached unregister", {std::move(stage)}, {}};
}

}  // namespace arcus::plan
