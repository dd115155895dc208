#include "daemon/command/pick.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <unordered_set>

namespace arcus::daemon {

// R. Floyd's sampling (J. Bentley, "Programming Pearls", 1987): one number drawn for each chosen.
std::vector<std::uint32_t> pick(std::uint32_t size, std::uint32_t count, std::uint64_t seed) {
  std::vector<std::uint32_t> chosen;
  if (count >= size) {
    chosen.resize(size);
    std::iota(chosen.begin(), chosen.end(), 0);
    return chosen;
  }
  std::minstd_rand random(static_cast<std::uint32_t>(seed ^ seed >> 32));
  random.discard(1);  // the first is close to the seed
  std::unordered_set<std::uint32_t> seen;
  for (std::uint32_t most = size - count; most < size; ++most) {
    const std::uint32_t drawn = std::uniform_int_distribution<std::uint32_t>(0, most)(random);
    chosen.push_back(seen.insert(drawn).second ? drawn : (seen.insert(most), most));
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace arcus::daemon
