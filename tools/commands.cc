#include "tools/commands.h"

#include "tools/cmd_deploy.h"
#include "tools/cmd_logs.h"
#include "tools/cmd_memcached.h"
#include "tools/cmd_ping.h"
#include "tools/cmd_quicksetup.h"
#include "tools/cmd_restart.h"
#include "tools/cmd_zookeeper.h"

namespace arcus::tools {
namespace {

// clang-format off
constexpr Command kCommands[] = {
    {"", "deploy", Argument::kFile, kPackage, "Bring the release to every ZooKeeper and cache host", deploy},
    {"", "quicksetup", Argument::kFile, kPackage, "Do it all: deploy, ensemble, register, start, list", quicksetup},
    {"", "ping", Argument::kService, kWrite, "Check every host and node of a cloud, from here and from the hosts", ping},
    {"zookeeper", "init", Argument::kNone, kNoOption, "Configure the ensemble and make the Arcus tree", zookeeper_init},
    {"zookeeper", "start", Argument::kNone, kNoOption, "Start every ZooKeeper server", zookeeper_start},
    {"zookeeper", "stop", Argument::kNone, kNoOption, "Stop every ZooKeeper server", zookeeper_stop},
    {"zookeeper", "stat", Argument::kNone, kNoOption, "Show what every server says of itself", zookeeper_stat},
    {"memcached", "register", Argument::kFile, kNoOption, "Create or update a cloud in ZooKeeper", memcached_register},
    {"memcached", "unregister", Argument::kService, kForce, "Remove a cloud from ZooKeeper", memcached_unregister},
    {"memcached", "start", Argument::kService, kNode, "Start the nodes of a cloud", memcached_start},
    {"memcached", "stop", Argument::kService, kNode, "Stop the nodes of a cloud", memcached_stop},
    {"memcached", "restart", Argument::kService, kNode | kRolling, "Restart the nodes of a cloud, one after the other", memcached_restart},
    {"memcached", "enable", Argument::kService, kNoOption, "Have a cloud's nodes come back when their hosts boot", memcached_enable},
    {"memcached", "disable", Argument::kService, kNoOption, "Have them stay down then", memcached_disable},
    {"memcached", "logs", Argument::kService, kNode | kLog, "Show the logs of a cloud's nodes", memcached_logs},
    {"memcached", "list", Argument::kService, kNoOption, "Show a cloud and its nodes", memcached_list},
    {"memcached", "listall", Argument::kNone, kNoOption, "Show every cloud of the ensemble", memcached_listall},
};

constexpr Group kGroups[] = {
    {"zookeeper", "The ensemble: init, start, stop, stat",
     "arcus -z zk1:2181,zk2:2181,zk3:2181 zookeeper init"},
    {"memcached", "Clouds and their nodes: register, start, stop, restart, list, ...",
     "arcus memcached register conf/ruo91.json && arcus memcached start ruo91-cloud"},
};
// clang-format on

}  // namespace

std::span<const Command> commands() {
  return kCommands;
}
std::span<const Group> groups() {
  return kGroups;
}

}  // namespace arcus::tools
