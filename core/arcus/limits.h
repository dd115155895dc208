// Limits and defaults that the CLI and the daemon must agree on. Sources: arcus 1.16's admin
// scripts and arcus-memcached 1.15, which existing fleets run.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace arcus {

inline constexpr std::size_t kMaxServiceCode = 128;  // bytes
inline constexpr std::size_t kMaxHostname = 128;     // bytes
inline constexpr std::uint16_t kDefaultPort = 11211;
inline constexpr std::uint16_t kDefaultZkPort = 2181;

// What the daemon asks ZooKeeper for, and what it accepts with -o (seconds 10 to 2000).
inline constexpr std::chrono::seconds kSessionTimeout{30};
inline constexpr std::chrono::seconds kMinSessionTimeout{10};
inline constexpr std::chrono::seconds kMaxSessionTimeout{2000};

// The daemon's exit statuses, as the old daemon's: why it went is all its supervisor may see.
inline constexpr int kExitSessionExpired = 75;
inline constexpr int kExitNotJoined = 76;  // no ensemble, or no mapping for this node

}  // namespace arcus
