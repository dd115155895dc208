// The tree of collections: what an operation costs in one of 50,000 elements, and what an element
// of an 8-byte key and a 10-byte value takes, all memory counted, by the size of the trees.
#include "daemon/collection/tree.h"

#include <benchmark/benchmark.h>

#include <memory>
#include <random>
#include <vector>

namespace arcus::daemon {
namespace {

constexpr std::uint32_t kElements = 50'000;
constexpr std::string_view kValue = "ten bytes.";

enum Order : std::int64_t { kAscending, kDescending, kRandom };

std::vector<std::uint64_t> keys_in(std::int64_t order, std::size_t count, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  std::vector<std::uint64_t> keys(count);
  for (std::size_t i = 0; i < count; ++i) {
    keys[i] = order == kAscending ? i + 1 : order == kDescending ? count - i : random();
  }
  return keys;
}

class Ground {
 public:
  Ground() { blocks.init(memory, pool); }

  void insert(Tree& tree, std::uint64_t key) {
    tree.insert(blocks, tree.upper_bound({key, {}}), {{key, {}}, {}, kValue});
  }
  void fill(Tree& tree, const std::vector<std::uint64_t>& keys) {
    for (const std::uint64_t key : keys) insert(tree, key);
  }

  Memory memory{std::size_t{1} << 30};
  ChunkPool pool{memory, 128 << 10, std::size_t{1} << 30};
  Blocks blocks;
};

void tree_insert(benchmark::State& state) {
  const auto keys = keys_in(state.range(0), kElements);
  for (auto _ : state) {
    Ground ground;
    Tree tree(KeyKind::kNumber);
    ground.fill(tree, keys);
    benchmark::DoNotOptimize(tree.size());
  }
  state.SetItemsProcessed(state.iterations() * kElements);
}
BENCHMARK(tree_insert)->Arg(kAscending)->Arg(kDescending)->Arg(kRandom);

// Many trees, so that what is left over in pages and chunks counts as it would in a store.
void tree_bytes_an_element(benchmark::State& state) {
  const auto elements = static_cast<std::size_t>(state.range(1));
  const std::size_t trees = std::max<std::size_t>(2, 500'000 / elements);
  double held = 0;
  double in_blocks = 0;
  for (auto _ : state) {
    Ground ground;
    std::vector<std::unique_ptr<Tree>> all;
    for (std::size_t i = 0; i < trees; ++i) {
      all.push_back(std::make_unique<Tree>(KeyKind::kNumber));
      ground.fill(*all.back(), keys_in(state.range(0), elements, i));
    }
    held = static_cast<double>(ground.blocks.held());
    in_blocks = static_cast<double>(ground.blocks.used());
  }
  state.counters["bytes"] = held / static_cast<double>(trees * elements);
  state.counters["in_blocks"] = in_blocks / static_cast<double>(trees * elements);
}
BENCHMARK(tree_bytes_an_element)
    ->ArgsProduct({{kAscending, kDescending, kRandom}, {10, 100, 1000, 10'000, 50'000}})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

class Filled : public Ground {
 public:
  explicit Filled(std::int64_t order) : keys(keys_in(order, kElements)), tree(KeyKind::kNumber) {
    fill(tree, keys);
  }
  std::uint64_t key(std::uint64_t turn) const { return keys[turn * 0x9e3779b1 % kElements]; }

  const std::vector<std::uint64_t> keys;
  Tree tree;
};

void tree_find(benchmark::State& state) {
  Filled filled(state.range(0));
  std::uint64_t turn = 0;
  for (auto _ : state) {
    const Tree::Cursor found = filled.tree.lower_bound({filled.key(turn++), {}});
    benchmark::DoNotOptimize(found.element().value.data());
  }
}
BENCHMARK(tree_find)->Arg(kAscending)->Arg(kRandom);

// As many trees as do not fit into the processor's caches.
void tree_find_in_many(benchmark::State& state) {
  constexpr std::size_t kTrees = 64;
  Ground ground;
  std::vector<std::unique_ptr<Tree>> all;
  std::vector<std::vector<std::uint64_t>> keys;
  for (std::size_t i = 0; i < kTrees; ++i) {
    all.push_back(std::make_unique<Tree>(KeyKind::kNumber));
    keys.push_back(keys_in(kRandom, kElements, i));
    ground.fill(*all.back(), keys.back());
  }
  std::mt19937_64 random(5);
  std::vector<std::pair<Tree*, std::uint64_t>> wanted(100'000);
  for (auto& [tree, key] : wanted) {
    const std::size_t which = random() % kTrees;
    tree = all[which].get();
    key = keys[which][random() % kElements];
  }
  std::size_t turn = 0;
  for (auto _ : state) {
    const auto& [tree, key] = wanted[turn++ % wanted.size()];
    const Tree::Cursor found = tree->lower_bound({key, {}});
    benchmark::DoNotOptimize(found.element().value.front());
  }
}
BENCHMARK(tree_find_in_many);

void tree_at_index(benchmark::State& state) {
  Filled filled(state.range(0));
  std::uint64_t turn = 0;
  for (auto _ : state) {
    const auto index = static_cast<std::uint32_t>(turn++ * 0x9e3779b1 % kElements);
    benchmark::DoNotOptimize(filled.tree.at(index).element().value.data());
  }
}
BENCHMARK(tree_at_index)->Arg(kAscending)->Arg(kRandom);

void tree_index_of(benchmark::State& state) {
  Filled filled(state.range(0));
  std::uint64_t turn = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(filled.tree.lower_bound({filled.key(turn++), {}}).index());
  }
}
BENCHMARK(tree_index_of)->Arg(kAscending)->Arg(kRandom);

void tree_next(benchmark::State& state) {
  Filled filled(state.range(0));
  Tree::Cursor cursor = filled.tree.begin();
  for (auto _ : state) {
    if (!cursor) cursor = filled.tree.begin();
    benchmark::DoNotOptimize(cursor.element().value.data());
    cursor.next();
  }
}
BENCHMARK(tree_next)->Arg(kAscending)->Arg(kRandom);

void tree_replace(benchmark::State& state) {
  Filled filled(kRandom);
  std::uint64_t turn = 0;
  for (auto _ : state) {
    const Tree::Cursor found = filled.tree.lower_bound({filled.key(turn++), {}});
    filled.tree.replace(filled.blocks, found, {}, "other text");
  }
}
BENCHMARK(tree_replace);

// As a b+tree does that is full: one at the end for the first.
void tree_trim_and_append(benchmark::State& state) {
  Filled filled(kAscending);
  std::uint64_t key = kElements;
  for (auto _ : state) {
    filled.insert(filled.tree, ++key);
    filled.tree.erase(filled.blocks, 0, 1);
  }
}
BENCHMARK(tree_trim_and_append);

void tree_erase_and_insert(benchmark::State& state) {
  Filled filled(kRandom);
  std::uint64_t turn = 0;
  for (auto _ : state) {
    const std::uint64_t key = filled.key(turn++);
    filled.tree.erase(filled.blocks, filled.tree.lower_bound({key, {}}).index(), 1);
    filled.insert(filled.tree, key);
  }
  state.counters["bytes"] = static_cast<double>(filled.blocks.held()) / kElements;
}
BENCHMARK(tree_erase_and_insert);

}  // namespace
}  // namespace arcus::daemon
