// The file in which a node keeps the id and password of its ZooKeeper session, so that whoever
// starts the next engine of that node can end the session of one that died: its znode then goes in
// milliseconds instead of a session timeout. One line, "<id> <password>", both in hexadecimal.
// Who holds the password can take the session over, so only the owner may read the file.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/zk/client.h"

namespace arcus::daemon {

// kNotFound when there is no file, kInvalid when it holds something else.
Result<zk::SessionId> read_session_file(const std::string& path);
// Replaces the file atomically, with mode 0600.
Status write_session_file(const std::string& path, const zk::SessionId& session);
void remove_session_file(const std::string& path);

}  // namespace arcus::daemon
