// Asks cache nodes over their own port, as a client would. Any thread.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/cluster/model.h"

namespace arcus::exec {

struct NodeAnswer {
  std::string address;  // "ip:port"
  std::string error;    // why it doesn't answer rightly; empty: it does
  std::string version;
  std::chrono::microseconds latency{0};  // of one request, once connected
};

// All nodes at once, never longer than the deadline, nor than `cancel` allows. With `write` a key
// is stored on each node, read back, compared and deleted.
std::vector<NodeAnswer> ask_nodes(const std::vector<cluster::Node>& nodes, bool write,
                                  Deadline deadline, const Cancel* cancel = nullptr);

}  // namespace arcus::exec
