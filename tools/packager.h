// What `deploy` ships: the bundle that was built with this program (or somebody's own tarball),
// named, and packed only when a host lacks it.
#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/pack/archive.h"
#include "core/plan/planners.h"

namespace arcus::tools {

class Packager {
 public:
  // `bundle`: as set, empty for the one beside this program; `package`: somebody's tarball or
  // empty.
  static Result<Packager> open(const std::string& bundle, const std::string& package);
  ~Packager();  // removes the packages
  Packager(Packager&&) noexcept;
  Packager& operator=(Packager&&) = delete;

  // Names, sizes and requirements; the packages themselves are not written yet.
  const plan::DeployInput& input() const { return input_; }
  // Writes the packages of those releases that are needed; input() then has paths and sums.
  Status pack(bool cache, bool zookeeper, const Cancel& cancel);

 private:
  Packager() = default;
  Status pack(const pack::Items& items, plan::Release& release, const Cancel& cancel);

  std::string scratch_;  // a directory of ours, removed at the end
  pack::Items cache_items_;
  pack::Items zookeeper_items_;
  plan::DeployInput input_;
};

}  // namespace arcus::tools
