// Numbers at random, for commands that choose some of many elements. Any thread.
#pragma once

#include <cstdint>
#include <vector>

namespace arcus::daemon {

// `count` different numbers below `size`, or all where there are no more, in ascending order; every
// choice is as likely as any other. The same seed gives the same.
std::vector<std::uint32_t> pick(std::uint32_t size, std::uint32_t count, std::uint64_t seed);

}  // namespace arcus::daemon
