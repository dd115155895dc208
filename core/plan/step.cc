#include "core/plan/step.h"

#include <algorithm>

namespace arcus::plan {

bool Plan::empty() const {
  return std::all_of(stages.begin(), stages.end(), [](const Stage& s) { return s.steps.empty(); });
}

bool Report::ok() const {
  return std::all_of(outcomes.begin(), outcomes.end(), [](const Outcome& outcome) {
    return outcome.state == State::kDone || outcome.state == State::kUnchanged;
  });
}

bool Report::cancelled() const {
  return std::any_of(outcomes.begin(), outcomes.end(),
                     [](const Outcome& outcome) { return outcome.state == State::kCancelled; });
}

std::vector<const Outcome*> Report::of(const std::string& host) const {
  std::vector<const Outcome*> found;
  for (const auto& outcome : outcomes) {
    if (outcome.host == host) found.push_back(&outcome);
  }
  return found;
}

}  // namespace arcus::plan
