#include "core/exec/registry.h"

#include <poll.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "core/arcus/names.h"
#include "core/base/text.h"
#include "core/cluster/zklist.h"

namespace arcus::exec {
namespace {

using plan::RegistryFacts;

constexpr std::chrono::milliseconds kPollEvery{100};
constexpr std::chrono::milliseconds kStatPatience{2000};
// However little is left: the last look is the one that is reported, and must get its answers.
constexpr std::chrono::milliseconds kLastLook{500};

Error cancelled() {
  return {ErrorCode::kCancelled, "stopped by the operator", false};
}

// The slices' own words are about a slice; the operator waited for the whole.
Error no_ensemble(const Error& last, const std::string& servers, std::chrono::milliseconds waited) {
  if (last.code != ErrorCode::kTimeout && last.code != ErrorCode::kUnreachable) return last;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(waited).count();
  return {last.code,
          "no ZooKeeper server answered within " + std::to_string(seconds) + " s (tried " +
              servers + "): is the ensemble running, and has it a quorum?",
          true};
}

// Sleeps for `span` unless the operator cancels; false if so.
bool pause(const Cancel& cancel, std::chrono::milliseconds span) {
  pollfd wait{cancel.fd(), POLLIN, 0};
  ::poll(&wait, 1, static_cast<int>(span.count()));
  return !cancel.requested();
}

std::vector<std::string> paths_below(std::string_view parent,
                                     const std::vector<std::string>& names) {
  std::vector<std::string> paths;
  for (const auto& name : names) paths.push_back(std::string(parent) + "/" + name);
  return paths;
}

bool missing(const Error& error) {
  return error.code == ErrorCode::kNotFound;
}

// Takes the names out of `result`; an absent parent has none. Other errors are kept in `status`.
std::vector<std::string> names_of(const Result<zk::Children>& result, Status& status) {
  if (result.ok()) return result->names;
  if (!missing(result.error()) && status.ok()) status = result.error();
  return {};
}

struct Lists {  // the first round trip
  std::vector<std::string> services;
  std::vector<std::string> addresses;
  bool client_list = false;  // of the service that is wanted in detail
  std::vector<std::string> clients;
};

Result<Lists> read_lists(zk::Client& client, const std::string& detailed, Deadline deadline,
                         RegistryFacts& facts) {
  std::vector<std::string> paths = {std::string(znode::kCacheList), std::string(znode::kMapping),
                                    std::string(znode::kClientList), std::string(znode::kRoot)};
  if (!detailed.empty()) paths.push_back(znode::client_list(detailed));
  const auto lists = client.children_all(paths, deadline);
  Status status;
  Lists found;
  found.services = names_of(lists[0], status);
  found.addresses = names_of(lists[1], status);
  const auto roots = names_of(lists[3], status);
  if (!detailed.empty()) {
    found.client_list = lists[4].ok();
    found.clients = names_of(lists[4], status);
  }
  if (!status.ok()) return status.error();
  facts.tree = lists[0].ok() && lists[1].ok() && lists[2].ok();
  facts.server_log = std::find(roots.begin(), roots.end(), "cache_server_log") != roots.end();
  return found;
}

// The second round trip: what hangs on the lists.
Status read_contents(zk::Client& client, const Lists& lists,
                     const std::vector<std::string>& addresses, Deadline deadline,
                     RegistryFacts& facts) {
  const std::size_t clouds = lists.services.size();
  auto data_of = paths_below(znode::kCacheList, lists.services);
  auto children_of = data_of;
  for (auto& path : paths_below(znode::kMapping, addresses)) data_of.push_back(std::move(path));
  for (auto& path : paths_below(znode::kMapping, lists.addresses)) {
    children_of.push_back(std::move(path));
  }
  const auto read = client.read_all(data_of, children_of, deadline);
  Status status;
  for (std::size_t i = 0; i < clouds; ++i) {
    const auto& document = read.znodes[i];
    if (!document.ok()) {  // unregistered meanwhile
      if (!missing(document.error())) return document.error();
      continue;
    }
    plan::CloudFacts& cloud = facts.clouds[lists.services[i]];
    cloud.service = lists.services[i];
    cloud.document = document->data;
    cloud.version = document->stat.version;
    for (auto& name : names_of(read.children[i], status)) cloud.children.push_back({name, 0});
  }
  for (std::size_t i = 0; i < lists.addresses.size(); ++i) {
    const auto& services = read.children[clouds + i];
    if (!services.ok() && missing(services.error())) continue;
    facts.mappings[lists.addresses[i]].services = names_of(services, status);
  }
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto& config = read.znodes[clouds + i];
    const auto mapping = facts.mappings.find(addresses[i]);
    if (config.ok() && mapping != facts.mappings.end()) mapping->second.config = config->data;
  }
  return status;
}

// Which of the nodes are in cache_list/<service>: each held by its session, where one is given.
Result<std::set<std::string>> nodes_there(zk::Client& client, const std::string& service,
                                          const std::vector<std::string>& nodes,
                                          const std::map<std::string, std::int64_t>& sessions,
                                          Deadline deadline) {
  const auto children = client.children(znode::cache_list(service), deadline);
  if (!children.ok()) return children.error();
  std::vector<std::string> ours;
  for (const auto& name : children->names) {
    if (std::find(nodes.begin(), nodes.end(), node_address(name)) != nodes.end()) {
      ours.push_back(name);
    }
  }
  std::set<std::string> there;
  const auto stats = client.exists_all(paths_below(znode::cache_list(service), ours), deadline);
  for (std::size_t i = 0; i < ours.size(); ++i) {
    if (!stats[i].ok() && !missing(stats[i].error())) return stats[i].error();
    if (!stats[i].ok()) continue;
    const std::string address(node_address(ours[i]));
    const auto session = sessions.find(address);
    if (session == sessions.end() || session->second == stats[i]->ephemeral_owner) {
      there.insert(address);
    }
  }
  return there;
}

}  // namespace

Registry::Registry(std::vector<cluster::ZkServer> servers, std::chrono::milliseconds timeout,
                   const Cancel& cancel)
    : servers_(std::move(servers)), timeout_(timeout), cancel_(cancel) {}

Result<zk::Client*> Registry::client() {
  const std::lock_guard lock(connecting_);
  if (client_ == nullptr) {
    zk::Options options;
    options.servers = cluster::format_zklist(servers_);
    const Deadline until = deadline();
    // In slices, so that a Ctrl-C is heard while nobody answers.
    while (true) {
      const auto slice = std::min(until.left(), kStatPatience);
      auto connected = zk::Client::connect(options, Deadline::in(slice));
      if (connected.ok()) {
        client_ = *std::move(connected);
        break;
      }
      if (cancel_.requested()) return cancelled();
      if (until.passed() || !connected.error().retryable) {
        return no_ensemble(connected.error(), options.servers, timeout_);
      }
    }
  }
  return client_.get();
}

Result<RegistryFacts> Registry::read(const std::string& detailed,
                                     const std::vector<std::string>& addresses) {
  auto connected = client();
  if (!connected.ok()) return connected.error();
  const Deadline until = deadline();
  RegistryFacts facts;
  const auto lists = read_lists(**connected, detailed, until, facts);
  if (!lists.ok()) return lists.error();
  if (auto read = read_contents(**connected, *lists, addresses, until, facts); !read.ok()) {
    return read.error();
  }
  if (const auto cloud = facts.clouds.find(detailed); cloud != facts.clouds.end()) {
    cloud->second.client_list = lists->client_list;
    cloud->second.clients = lists->clients;
  }
  return facts;
}

Status Registry::change(const std::vector<plan::ZnodeOp>& operations) {
  auto connected = client();
  if (!connected.ok()) return connected.error();
  std::vector<zk::Op> ops;
  for (const auto& op : operations) {
    switch (op.kind) {
      case plan::ZnodeOp::Kind::kCreate:
        ops.push_back(zk::create_op(op.path, op.data));
        break;
      case plan::ZnodeOp::Kind::kSet:
        ops.push_back(zk::set_op(op.path, op.data, op.version));
        break;
      case plan::ZnodeOp::Kind::kRemove:
        ops.push_back(zk::remove_op(op.path, op.version));
        break;
      case plan::ZnodeOp::Kind::kCheck:
        ops.push_back(zk::check_op(op.path, op.version));
        break;
    }
  }
  auto done = (*connected)->multi(ops, deadline());
  if (!done.ok() && (done.error().code == ErrorCode::kConflict ||
                     done.error().code == ErrorCode::kExists || missing(done.error()))) {
    Error error = done.error();
    error.message +=
        ": somebody changed it at the same moment; nothing was written, run the command again";
    error.code = ErrorCode::kConflict;
    return error;
  }
  return done;
}

Result<std::size_t> Registry::ensure(const std::vector<std::string>& paths) {
  auto connected = client();
  if (!connected.ok()) return connected.error();
  const Deadline until = deadline();
  const auto present = (*connected)->exists_all(paths, until);
  std::size_t made = 0;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (present[i].ok()) continue;
    if (!missing(present[i].error())) return present[i].error();
    const auto created = (*connected)->create(paths[i], "", zk::CreateMode::kPersistent, until);
    if (!created.ok() && created.error().code != ErrorCode::kExists) return created.error();
    ++made;
  }
  return made;
}

Status Registry::await_ensemble(const std::set<std::string>& without) {
  const Deadline until = deadline();
  while (true) {
    const auto stats = stat_servers(
        servers_, Deadline::in(std::clamp(until.left(), kLastLook, kStatPatience)), &cancel_);
    const bool all = std::all_of(stats.begin(), stats.end(), [&](const ServerStat& stat) {
      return stat.serving() || without.count(stat.server.address()) != 0;
    });
    if (all && has_quorum(stats)) return {};
    if (until.left() <= kPollEvery) {  // another look would have no time to be answered
      std::string message = has_quorum(stats) ? "the ensemble serves, but not all of its servers:"
                                              : "the ensemble has no quorum:";
      for (const auto& stat : stats) {
        if (!stat.serving()) message += "\n  " + stat.server.address() + ": " + stat.error;
      }
      return Error{ErrorCode::kTimeout, message, true};
    }
    if (!pause(cancel_, kPollEvery)) return cancelled();
  }
}

Status Registry::await_nodes(const std::string& service, const std::vector<std::string>& nodes,
                             bool present, const std::map<std::string, std::int64_t>& sessions) {
  auto connected = client();
  if (!connected.ok()) return connected.error();
  const Deadline until = deadline();
  std::optional<std::vector<std::string>> late;  // by the last look that was answered
  while (true) {
    const auto there = nodes_there(**connected, service, nodes, sessions, until);
    if (there.ok()) {
      late.emplace();
      for (const auto& address : nodes) {
        if ((there->count(address) != 0) != present) late->push_back(address);
      }
      if (late->empty()) return {};
    } else if (missing(there.error()) && !present) {
      return {};
    } else if (there.error().code != ErrorCode::kTimeout || !late) {
      return there.error();
    }
    if (until.left() <= kPollEvery) {
      return Error{ErrorCode::kTimeout,
                   std::string(present ? "not in cache_list/" : "still in cache_list/") + service +
                       ": " + join(*late, ", "),
                   true};
    }
    if (!pause(cancel_, kPollEvery)) return cancelled();
  }
}

}  // namespace arcus::exec
