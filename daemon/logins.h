// Where users come from, by what the node was started with: an ACL group of ZooKeeper that the
// environment names, or that the node's cloud is mapped to, or libsasl2's local database. For main.
#pragma once

#include "core/base/result.h"
#include "daemon/auth/authentication.h"
#include "daemon/cloud_seat.h"
#include "daemon/command/engine.h"

namespace arcus::daemon {

// Engine and seat must outlive what is made with them.
AuthenticationOptions authentication_options(Engine& engine, const CloudSeat& seat);

// With -S, before there are clients. Users of the cloud cannot be known before the node has joined:
// then it is turned on afterwards, and until then nobody can do anything.
Status require_logins(Engine& engine, Authentication& authentication);

}  // namespace arcus::daemon
