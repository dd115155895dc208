// A socket's addresses as text, by the notation of memcached's `stats conns`. Any thread.
#pragma once

#include <sys/socket.h>

#include <string>

namespace arcus::daemon {

// "tcp:127.0.0.1:11211", "tcp6:[::1]:11211", "unix:path"; "unknown" when the peer is gone.
std::string local_address(int fd);
std::string peer_address(int fd);

// "127.0.0.1", "::1"; "unix" where there is none.
std::string peer_ip(int fd);

// From this machine, over its loopback interface: 127.0.0.1 or ::1.
bool is_loopback(const sockaddr_storage& address);

}  // namespace arcus::daemon
