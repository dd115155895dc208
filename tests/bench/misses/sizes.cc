#include "tests/bench/misses/sizes.h"

#include <cmath>

#include "tests/bench/load/random.h"

namespace arcus::bench::misses {
namespace {

constexpr std::uint64_t kPage = 1 << 20;

// memcached's memory for an item, with its share of what is left over at the end of a page.
double slab_bytes(std::uint64_t key_size, std::uint64_t value_size) {
  constexpr std::uint64_t kHeaderAndCas = 48 + 8;
  const std::uint64_t item = kHeaderAndCas + key_size + 1 + value_size + 2;
  std::uint64_t chunk = 96;
  while (chunk < item && chunk < kPage / 2) {
    chunk = static_cast<std::uint64_t>(static_cast<double>(chunk) * 1.25);
    chunk = (chunk + 7) / 8 * 8;
  }
  return static_cast<double>(kPage) / static_cast<double>(kPage / chunk);
}

}  // namespace

std::uint32_t Sizes::value_of(std::uint64_t key_id) const {
  const double at = Random(key_id).fraction();
  const double span = value_greatest - value_least + 1.0;
  if (!logarithmic) return value_least + static_cast<std::uint32_t>(at * span);
  const double least = value_least;
  return static_cast<std::uint32_t>(least * std::pow((value_greatest + 1.0) / least, at));
}

const std::vector<Sizes>& all_sizes() {
  static const std::vector<Sizes> kSizes = {
      {"small", 16, 16, 16, false},  {"medium", 32, 100, 100, false},
      {"1k", 32, 1024, 1024, false}, {"large", 32, 4096, 8192, false},
      {"mixed", 32, 16, 4000, true},
  };
  return kSizes;
}

const Sizes* find_sizes(std::string_view name) {
  for (const Sizes& sizes : all_sizes()) {
    if (sizes.name == name) return &sizes;
  }
  return nullptr;
}

std::uint64_t memcached_keeps(const Sizes& sizes, std::uint64_t megabytes) {
  constexpr std::uint64_t kSample = 10'000;
  double bytes = 0;
  for (std::uint64_t key = 0; key < kSample; ++key) {
    bytes += slab_bytes(sizes.key, sizes.value_of(key));
  }
  return static_cast<std::uint64_t>(static_cast<double>(megabytes * kPage) * kSample / bytes);
}

}  // namespace arcus::bench::misses
