// Which names and addresses are one machine. A host written once by name (in the ensemble's list)
// and once by address (in the cloud) is one Host: one session, one lane of work.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/model.h"

namespace arcus::cluster {

// A name's addresses; empty when it has none. An address is its own.
using Resolver = std::function<std::vector<std::string>(const std::string& name)>;
Resolver system_resolver();  // getaddrinfo; may block for as long as the system's resolver does

// In order of appearance, the cloud's first. An ensemble that somebody else runs has no hosts of
// ours: pass no servers then.
std::vector<Host> hosts_of(const Cloud& cloud, const std::vector<ZkServer>& servers,
                           const Settings& settings, const Resolver& resolver);

bool is_loopback(std::string_view address);

}  // namespace arcus::cluster
