#include "tests/bench/load/script.h"

#include <algorithm>

namespace arcus::bench {
namespace {

constexpr std::size_t kMostRequests = 1 << 20;
constexpr std::size_t kMostBytes = 64 << 20;

}  // namespace

Script Script::mixed(const Options& options) {
  Script script(options);
  const Distribution distribution = options.zipf > 0
                                        ? Distribution::zipf(options.keys, options.zipf)
                                        : Distribution::uniform(options.keys);
  Random random(options.seed);
  // Every batch is one slice.
  const std::size_t batch = options.depth;
  while (script.size() < std::max(kMostRequests / batch, std::size_t{1}) * batch) {
    if (script.size() % batch == 0 && script.text_.size() > kMostBytes) break;
    script.add_random(distribution, random);
  }
  return script;
}

Script Script::sets(const Options& options, std::uint32_t first, std::uint32_t last) {
  Script script(options);
  for (std::uint32_t key = first; key < last; ++key) script.add_set(key, 0);
  return script;
}

void Script::add_random(const Distribution& distribution, Random& random) {
  const std::uint32_t choice = random.below(options_.gets + options_.sets + options_.deletes);
  if (choice >= options_.gets) {
    const std::uint32_t key = options_.first_key + distribution.next(random);
    if (choice >= options_.gets + options_.sets) return add_delete(key);
    return add_set(key, static_cast<std::uint32_t>(size() + 1));
  }
  std::vector<std::uint32_t> keys(options_.keys_per_get);
  for (auto& key : keys) key = options_.first_key + distribution.next(random);
  add_get(keys);
}

void Script::begin_request(Kind kind, std::span<const std::uint32_t> keys) {
  requests_.push_back({text_.size(), static_cast<std::uint32_t>(keys_.size()),
                       static_cast<std::uint16_t>(keys.size()), kind});
  keys_.insert(keys_.end(), keys.begin(), keys.end());
}

void Script::add_get(std::span<const std::uint32_t> keys) {
  begin_request(Kind::kGet, keys);
  if (options_.protocol == Protocol::kMeta) return meta_get(keys);
  text_ += "get";
  for (const std::uint32_t key : keys) {
    text_ += ' ';
    append_key(text_, key, options_.sizes.key);
  }
  text_ += "\r\n";
}

// Several keys are several quiet requests and a no-op, whose reply ends those of all.
void Script::meta_get(std::span<const std::uint32_t> keys) {
  const bool quiet = options_.keys_per_get > 1;
  for (const std::uint32_t key : keys) {
    text_ += "mg ";
    append_key(text_, key, options_.sizes.key);
    text_ += quiet || options_.verify ? " v k" : " v";
    text_ += quiet ? " q\r\n" : "\r\n";
  }
  if (quiet) text_ += "mn\r\n";
}

void Script::add_set(std::uint32_t key, std::uint32_t version) {
  begin_request(Kind::kSet, {&key, 1});
  const std::size_t size = value_size(options_.sizes, key, version);
  const bool meta = options_.protocol == Protocol::kMeta;
  text_ += meta ? "ms " : "set ";
  append_key(text_, key, options_.sizes.key);
  if (meta) {
    text_ += " " + std::to_string(size);
    if (options_.exptime != "0") text_ += " T" + options_.exptime;
  } else {
    text_ += " 0 " + options_.exptime + " " + std::to_string(size);
  }
  text_ += "\r\n";
  append_value(text_, key, version, size);
  text_ += "\r\n";
}

void Script::add_delete(std::uint32_t key) {
  begin_request(Kind::kDelete, {&key, 1});
  text_ += options_.protocol == Protocol::kMeta ? "md " : "delete ";
  append_key(text_, key, options_.sizes.key);
  text_ += "\r\n";
}

}  // namespace arcus::bench
