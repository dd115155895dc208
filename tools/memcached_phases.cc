#include "tools/memcached_phases.h"

#include <algorithm>
#include <chrono>

#include "core/arcus/names.h"
#include "core/base/text.h"
#include "core/cluster/load.h"
#include "core/cluster/zklist.h"

namespace arcus::tools {
namespace {

std::string now() {
  return format_local_time(
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::real().wall().time_since_epoch())
          .count());
}

void say_list(Session& session, const std::string& what, const std::vector<std::string>& list) {
  if (!list.empty()) session.output().say("  " + what + ": " + join(list, ", "));
}

// The nodes that are in cache_list without a mapping.
std::vector<cluster::Node> undefined_nodes(const report::CloudStatus& status) {
  std::vector<cluster::Node> nodes;
  for (const auto& one : status.undefined) {
    const auto address = parse_host_port(one.address);
    if (!address) continue;
    cluster::Node node;
    node.ip = address->host;
    node.port = address->port;
    node.hostname = one.hostname.empty() ? address->host : one.hostname;
    nodes.push_back(std::move(node));
  }
  return nodes;
}

// The cloud as registered, and those.
cluster::Cloud cloud_with_undefined(const plan::RegistryFacts& facts,
                                    const plan::CloudFacts& registered) {
  auto cloud = cluster::parse_cloud_znode(registered.document, registered.service);
  for (auto& node : undefined_nodes(report::cloud_status(facts, registered))) {
    const bool known =
        std::any_of(cloud.nodes.begin(), cloud.nodes.end(), [&](const cluster::Node& other) {
          return other.address() == node.address();
        });
    if (!known) cloud.nodes.push_back(std::move(node));
  }
  return cloud;
}

// Keeps the nodes that --node names; kNotFound for one that isn't there.
Status keep_named(cluster::Cloud& cloud, const std::vector<std::string>& named) {
  if (named.empty()) return {};
  std::vector<std::string> all;
  for (const auto& node : cloud.nodes) all.push_back(node.address());
  for (const auto& name : named) {
    if (std::find(all.begin(), all.end(), name) == all.end()) {
      return Error{ErrorCode::kNotFound,
                   "the cloud " + cloud.service_code + " has no node " + name + "; it has " +
                       join(all, ", "),
                   false};
    }
  }
  std::erase_if(cloud.nodes, [&](const cluster::Node& node) {
    return std::find(named.begin(), named.end(), node.address()) == named.end();
  });
  return {};
}

// What the ensemble holds; in a dry run of a whole setup, where it doesn't serve yet, what it
// would.
Result<plan::RegistryFacts> read_or_predict(Session& session, const cluster::Cloud& cloud,
                                            const std::vector<std::string>& addresses) {
  const auto patience = Deadline::in(std::chrono::seconds(2));
  if (session.flags().dry_run &&
      !exec::has_quorum(exec::stat_servers(session.servers(), patience))) {
    session.output().say("The ensemble does not serve yet; this assumes an empty one.");
    plan::RegistryFacts facts;
    facts.tree = facts.server_log = true;
    return facts;
  }
  return session.registry().read(cloud.service_code, addresses);
}

}  // namespace

Status register_cloud(Session& session, const cluster::Cloud& cloud) {
  std::vector<std::string> addresses;
  for (const auto& node : cloud.nodes) addresses.push_back(node.address());
  const auto facts = read_or_predict(session, cloud, addresses);
  if (!facts.ok()) return facts.error();
  const auto registration = plan::plan_register(cloud, *facts, now());
  if (!registration.ok()) return registration.error();
  if (registration->plan.empty()) {
    session.output().say("The cloud " + cloud.service_code + " is registered just so already.");
    return {};
  }
  session.output().say((registration->is_new ? "New cloud " : "Changed cloud ") +
                       cloud.service_code);
  say_list(session, "added", registration->added);
  say_list(session, "changed (takes effect when restarted)", registration->changed);
  say_list(session, "removed", registration->removed);
  say_list(session,
           "removed but still running (stop them with 'arcus memcached stop " + cloud.service_code +
               " --node ...')",
           registration->still_running);
  session.execute(registration->plan);
  return {};
}

Result<cluster::Cloud> registered_cloud(Session& session, Undefined undefined) {
  const std::string& service = session.flags().service;
  const auto facts = session.registry().read(service);
  if (!facts.ok()) return facts.error();
  const auto found = facts->clouds.find(service);
  if (found == facts->clouds.end()) return plan::unknown_service(service, *facts);
  auto cloud = undefined == Undefined::kTaken
                   ? cloud_with_undefined(*facts, found->second)
                   : cluster::parse_cloud_znode(found->second.document, service);
  if (auto kept = keep_named(cloud, session.flags().nodes); !kept.ok()) return kept.error();
  if (cloud.nodes.empty()) {
    return Error{ErrorCode::kNotFound, "the cloud " + service + " has no nodes", false};
  }
  return cloud;
}

plan::NodesInput nodes_input(Session& session, const cluster::Cloud& cloud) {
  plan::NodesInput input;
  input.service = cloud.service_code;
  input.zklist = cluster::format_zklist(session.servers());
  input.run_user = session.settings().run_user;
  input.engine = cloud.engine;
  input.timeout = session.flags().timeout;
  return input;
}

bool start_nodes(Session& session, const cluster::Cloud& cloud) {
  const auto hosts = session.hosts(cloud, false);
  const auto facts = session.probe(hosts);
  return session.execute(plan::plan_nodes_start(hosts, facts, nodes_input(session, cloud)));
}

std::vector<plan::HostNodes> ask_supervisors(Session& session, const plan::Hosts& hosts) {
  const auto report = session.look(
      plan::plan_node_status(hosts, session.settings().dir, session.flags().timeout));
  std::vector<plan::HostNodes> answers;
  for (const auto& outcome : report.outcomes) answers.push_back(plan::host_nodes(outcome));
  return answers;
}

Result<report::CloudStatus> show_cloud(Session& session, const std::string& service) {
  const auto facts = session.registry().read(service);
  if (!facts.ok()) return facts.error();
  const auto found = facts->clouds.find(service);
  if (found == facts->clouds.end()) return plan::unknown_service(service, *facts);
  auto status = report::cloud_status(*facts, found->second);
  const auto hosts = session.hosts(cloud_with_undefined(*facts, found->second), false);
  report::add_supervisors(status, hosts, ask_supervisors(session, hosts));
  if (session.output().json()) {
    session.output().result(report::cloud_json(status).dump(2) + "\n");
  } else {
    const auto& style = session.output().style();
    session.output().result(report::clouds_text({status}, style) +
                            report::nodes_text(status, style));
  }
  return status;
}

}  // namespace arcus::tools
