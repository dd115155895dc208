// The index by itself, and a whole access with and without looking ahead, by the number of items:
// the larger numbers do not fit into the processor's caches.
#include "daemon/store/index.h"

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "daemon/store/store.h"

namespace arcus::daemon {
namespace {

constexpr std::size_t kChunk = 256 << 10;
constexpr std::size_t kMemory = std::size_t{2} << 30;

std::uint64_t hash_of(std::uint64_t number) {
  return hash_key({reinterpret_cast<const char*>(&number), sizeof number}, 0);
}

struct HashOfPlace {
  std::uint64_t operator()(Location place) const { return hash_of(place); }
};

// Places are the numbers from 1; the hash of a place is its item's.
void index_find(benchmark::State& state) {
  const auto items = static_cast<Location>(state.range(0));
  Memory memory(kMemory);
  ChunkPool pool(memory, kChunk, kMemory);
  Index index;
  index.init(pool, 0);
  for (Location place = 1; place <= items; ++place) {
    index.insert(hash_of(place), place, HashOfPlace());
  }
  std::uint64_t turn = 0;
  for (auto _ : state) {
    const auto place = static_cast<Location>(1 + turn++ * 0x9e3779b1 % items);
    benchmark::DoNotOptimize(
        index.find(hash_of(place), [&](Location found) { return found == place; }));
  }
  state.counters["bytes_an_item"] = static_cast<double>(index.bytes()) / items;
}
BENCHMARK(index_find)->Arg(1000)->Arg(100'000)->Arg(1'000'000)->Arg(10'000'000);

void index_insert_and_erase(benchmark::State& state) {
  const auto items = static_cast<Location>(state.range(0));
  Memory memory(kMemory);
  ChunkPool pool(memory, kChunk, kMemory);
  Index index;
  index.init(pool, 0);
  for (auto _ : state) {
    for (Location place = 1; place <= items; ++place) {
      index.insert(hash_of(place), place, HashOfPlace());
    }
    for (Location place = 1; place <= items; ++place) {
      const std::uint64_t hash = hash_of(place);
      index.erase(hash, index.find(hash, [&](Location found) { return found == place; }));
    }
  }
  state.SetItemsProcessed(state.iterations() * items * 2);
}
BENCHMARK(index_insert_and_erase)->Arg(100'000)->Arg(1'000'000);

class FilledStore {
 public:
  explicit FilledStore(std::size_t items) : store_(options()) {
    for (std::size_t i = 0; i < items; ++i) {
      keys_.push_back("key-" + std::to_string(100'000'000 + i * 7919 % items));
    }
    Content content;
    content.value = "a value of thirty-two bytes, all.";
    for (const auto& key : keys_) {
      store_.access_to_put(store_.key(key), content.value.size(), 1).put(content);
    }
  }
  Store& store() { return store_; }
  const std::string& key(std::size_t turn) const { return keys_[turn * 0x9e3779b1 % keys_.size()]; }

 private:
  static StoreOptions options() {
    StoreOptions options;
    options.memory_limit = kMemory;
    return options;
  }

  Store store_;
  std::vector<std::string> keys_;
};

void access_one_by_one(benchmark::State& state) {
  FilledStore filled(static_cast<std::size_t>(state.range(0)));
  std::size_t turn = 0;
  for (auto _ : state) {
    Access item = filled.store().access(filled.store().key(filled.key(turn++)), 1);
    benchmark::DoNotOptimize(item->value.data());
  }
}
BENCHMARK(access_one_by_one)->Arg(10'000)->Arg(1'000'000);

void access_in_batches(benchmark::State& state) {
  constexpr std::size_t kBatch = 32;
  FilledStore filled(static_cast<std::size_t>(state.range(0)));
  Store& store = filled.store();
  std::size_t turn = 0;
  std::vector<Key> keys(kBatch);
  for (auto _ : state) {
    for (auto& key : keys) {
      key = store.key(filled.key(turn++));
      store.prefetch_index(key.hash);
    }
    for (const auto& key : keys) store.prefetch_item(key.hash);
    for (const auto& key : keys) {
      Access item = store.access(key, 1);
      benchmark::DoNotOptimize(item->value.data());
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatch));
}
BENCHMARK(access_in_batches)->Arg(10'000)->Arg(1'000'000);

}  // namespace
}  // namespace arcus::daemon
