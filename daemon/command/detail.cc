#include "daemon/command/detail.h"

#include "daemon/command/prefix.h"

namespace arcus::daemon {
namespace {

struct Names {
  const char* count;
  const char* hits;
};
constexpr Names kNames[] = {
#define DETAIL(operation, count, hits) {count, hits},
#include "daemon/command/detail.def"
#undef DETAIL
};

}  // namespace

bool PrefixDetail::record(std::string_view prefix, Operation operation, bool hit) {
  const std::lock_guard lock(mutex_);
  auto at = prefixes_.find(prefix);
  if (at == prefixes_.end()) {
    if (prefixes_.size() == kMostPrefixes) return false;
    at = prefixes_.try_emplace(std::string(prefix)).first;
  }
  Counts& counts = at->second[static_cast<std::size_t>(operation)];
  ++counts.asked;
  counts.hits += hit ? 1 : 0;
  return true;
}

std::string PrefixDetail::line_of(std::string_view prefix, const Table& counts) {
  std::string line = "PREFIX " + std::string(prefix.empty() ? kNullPrefix : prefix);
  for (std::size_t i = 0; i < kOperations; ++i) {
    line += std::string(" ") + kNames[i].count + " " + std::to_string(counts[i].asked);
    if (kNames[i].hits == nullptr) continue;
    line += std::string(" ") + kNames[i].hits + " " + std::to_string(counts[i].hits);
  }
  return line + "\r\n";
}

std::string PrefixDetail::line(std::string_view prefix) const {
  const std::lock_guard lock(mutex_);
  const auto at = prefixes_.find(prefix);
  return at == prefixes_.end() ? "" : line_of(prefix, at->second);
}

std::string PrefixDetail::all_lines() const {
  const std::lock_guard lock(mutex_);
  std::string lines;
  for (const auto& [prefix, counts] : prefixes_) lines += line_of(prefix, counts);
  return lines;
}

std::size_t PrefixDetail::prefixes() const {
  const std::lock_guard lock(mutex_);
  return prefixes_.size();
}

bool PrefixDetail::forget(std::string_view prefix) {
  const std::lock_guard lock(mutex_);
  const auto at = prefixes_.find(prefix);
  if (at == prefixes_.end()) return false;
  prefixes_.erase(at);
  return true;
}

void PrefixDetail::clear() {
  const std::lock_guard lock(mutex_);
  prefixes_.clear();
}

}  // namespace arcus::daemon
