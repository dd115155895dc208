// The ensemble as operators write it: "zk1:2181,zk2:2181,zk3". Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/cluster/model.h"

namespace arcus::cluster {

// Ids are 1.. in the list's order; a missing port is 2181. All complaints at once.
Result<std::vector<ZkServer>> parse_zklist(std::string_view text);
// "zk1:2181,zk2:2181": what clients and cache nodes are given.
std::string format_zklist(const std::vector<ZkServer>& servers);

}  // namespace arcus::cluster
