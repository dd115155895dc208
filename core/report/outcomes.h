// What a command planned and what came of it, for a person and for a program. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/plan/planners.h"
#include "core/plan/step.h"
#include "core/report/style.h"

namespace arcus::report {

// The plan, as --dry-run prints it: every stage, every step, and for znodes every operation.
std::string plan_text(const plan::Plan& plan);
nlohmann::ordered_json plan_json(const plan::Plan& plan);

// One step, as it is shown when it ends: "ok    memcached-1  start 10.0.0.1:11211 (0.3 s)".
std::string outcome_line(const plan::Outcome& outcome, const Style& style);
std::string_view state_name(plan::State state);

// All that a command did on hosts, over several plans.
struct Result {
  std::vector<plan::Report> reports;
  std::vector<plan::Complaint> complaints;  // hosts that nothing was planned for

  bool ok() const;
  bool cancelled() const;
};

// How many hosts are done, unchanged and failed, and each failure with its reason, host by host.
std::string result_text(const std::string& command, const Result& result, const Style& style);
nlohmann::ordered_json result_json(const std::string& command, const Result& result);

}  // namespace arcus::report
