#include "tests/bench/load/distribution.h"

#include <cmath>
#include <numeric>
#include <utility>

namespace arcus::bench {
namespace {

constexpr std::uint64_t kShuffleSeed = 0x5eed;
constexpr double kWhole = 4294967296.0;  // 2^32

// keys[r] is the key of rank r.
std::vector<std::uint32_t> shuffled(std::uint32_t count) {
  std::vector<std::uint32_t> keys(count);
  std::iota(keys.begin(), keys.end(), 0);
  Random random(kShuffleSeed);
  for (std::uint32_t i = count; i > 1; --i) std::swap(keys[i - 1], keys[random.below(i)]);
  return keys;
}

// What each key weighs, with a mean of 1.
std::vector<double> zipf_weights(std::uint32_t count, double exponent) {
  const std::vector<std::uint32_t> keys = shuffled(count);
  std::vector<double> weights(count);
  double sum = 0;
  for (std::uint32_t rank = 0; rank < count; ++rank) {
    const double weight = std::pow(rank + 1.0, -exponent);
    weights[keys[rank]] = weight;
    sum += weight;
  }
  for (double& weight : weights) weight *= count / sum;
  return weights;
}

}  // namespace

Distribution Distribution::zipf(std::uint32_t keys, double exponent) {
  Distribution made(keys);
  std::vector<double> weights = zipf_weights(keys, exponent);
  std::vector<std::uint32_t> light;
  std::vector<std::uint32_t> heavy;
  for (std::uint32_t key = 0; key < keys; ++key) {
    (weights[key] < 1 ? light : heavy).push_back(key);
  }
  made.slots_.assign(keys, Slot{static_cast<std::uint64_t>(kWhole), 0});
  // Every light slot is filled up from a heavy key; what is left over weighs 1, but for rounding.
  while (!light.empty() && !heavy.empty()) {
    const std::uint32_t poor = light.back();
    const std::uint32_t rich = heavy.back();
    light.pop_back();
    made.slots_[poor] = Slot{static_cast<std::uint64_t>(weights[poor] * kWhole), rich};
    weights[rich] -= 1 - weights[poor];
    if (weights[rich] < 1) {
      heavy.pop_back();
      light.push_back(rich);
    }
  }
  return made;
}

}  // namespace arcus::bench
