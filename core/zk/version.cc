#include <zookeeper/zookeeper_version.h>

#include "core/zk/client.h"

namespace arcus::zk {

std::string_view library_version() { return ZOO_VERSION; }

}  // namespace arcus::zk
