// The hash of a key, by the key's length. The lengths beside each other show what a tail costs.
#include "daemon/store/hash.h"

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace arcus::daemon {
namespace {

constexpr std::uint64_t kSeed = 0x9e3779b97f4a7c15;
constexpr std::size_t kKeys = 1024;  // all of them stay in the first cache

void hash(benchmark::State& state) {
  const auto length = static_cast<std::size_t>(state.range(0));
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < kKeys; ++i) {
    std::string key = std::to_string(1000 + i);
    key.resize(length, 'x');
    keys.push_back(key);
  }
  std::size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(hash_key(keys[at], kSeed));
    at = (at + 1) % kKeys;
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(length));
}
BENCHMARK(hash)->Arg(8)->Arg(16)->Arg(17)->Arg(24)->Arg(32)->Arg(64)->Arg(250);

}  // namespace
}  // namespace arcus::daemon
