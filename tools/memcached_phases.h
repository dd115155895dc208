// The phases of a cloud's life that the memcached verbs and quicksetup share.
#pragma once

#include "core/cluster/model.h"
#include "core/report/cloud_status.h"
#include "tools/session.h"

namespace arcus::tools {

// Writes what differs, and says what that is.
Status register_cloud(Session& session, const cluster::Cloud& cloud);

enum class Undefined { kLeftOut, kTaken };
// The cloud of --service as ZooKeeper has it, with just the nodes that --node names (all without
// it). kTaken: nodes that are online without being registered belong to it too.
Result<cluster::Cloud> registered_cloud(Session& session, Undefined undefined);

plan::NodesInput nodes_input(Session& session, const cluster::Cloud& cloud);
// Starts the cloud's nodes and waits for them. False when one failed.
bool start_nodes(Session& session, const cluster::Cloud& cloud);

// What the supervisors of all hosts say, none waited for longer than --timeout.
std::vector<plan::HostNodes> ask_supervisors(Session& session, const plan::Hosts& hosts);

// Prints the table of `memcached list`.
Result<report::CloudStatus> show_cloud(Session& session, const std::string& service);

}  // namespace arcus::tools
