// The steps that start and stop one node; what start, stop and restart are made of. Pure.
#pragma once

#include "core/plan/planners.h"

namespace arcus::plan {

Step start_step(const cluster::Host& host, const HostFacts& facts, const cluster::Node& node,
                const NodesInput& input);
Step wait_step(const cluster::Host& host, const HostFacts& facts, const cluster::Node& node,
               const NodesInput& input);
Step stop_step(const cluster::Host& host, const HostFacts& facts, const cluster::Node& node,
               const NodesInput& input);

std::string wait_title(const std::string& address);

}  // namespace arcus::plan
