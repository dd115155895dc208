#include "tests/bench/misses/workload.h"

#include <algorithm>

#include "core/base/text.h"
#include "tests/bench/misses/patterns.h"
#include "tests/bench/misses/sizes.h"

namespace arcus::bench::misses {
namespace {

// So many times what memcached keeps is requested: a policy with two queues needs several cache
// sizes of misses until they have their sizes. For few large items as often as costs little.
constexpr std::uint64_t kRounds = 48;
constexpr std::uint64_t kLeastRequests = 600'000;

template <typename T>
Error unknown(std::string_view what, const std::string& name, const std::vector<T>& known) {
  std::vector<std::string> names;
  for (const T& one : known) names.push_back(one.name);
  return invalid("no " + std::string(what) + " " + name + "; there are " + join(names, ", "));
}

}  // namespace

Result<std::unique_ptr<Trace>> make_workload(std::string_view name,
                                             const WorkloadOptions& options) {
  const std::vector<std::string> parts = split(name, '/');
  if (parts.size() != 2) return invalid(std::string(name) + ": not PATTERN/SIZES");
  const Pattern* pattern = find_pattern(parts[0]);
  if (pattern == nullptr) return unknown("pattern", parts[0], all_patterns());
  const Sizes* sizes = find_sizes(parts[1]);
  if (sizes == nullptr) return unknown("sizes", parts[1], all_sizes());

  PatternOptions made;
  made.keeps = memcached_keeps(*sizes, options.megabytes);
  made.requests = static_cast<std::uint64_t>(
      static_cast<double>(std::max(made.keeps * kRounds, kLeastRequests)) * options.length);
  made.seed = options.seed;
  made.sizes = *sizes;
  return pattern->make(made);
}

}  // namespace arcus::bench::misses
