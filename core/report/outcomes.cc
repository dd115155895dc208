#include "core/report/outcomes.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

#include "core/base/text.h"

namespace arcus::report {
namespace {

using plan::Outcome;
using plan::State;

std::string where(const Outcome& outcome) {
  return outcome.host.empty() ? "ensemble" : outcome.host;
}

std::string indented(const std::string& text, const std::string& by) {
  std::string result;
  for (const auto& line : lines(text)) result += (result.empty() ? "" : "\n" + by) + line;
  return result;
}

// What became of each host over all plans, in order of appearance.
struct HostSummary {
  std::string host;
  bool changed = false;
  bool refused = false;                  // nothing was planned for it
  std::vector<const Outcome*> failures;  // with the step's title
  std::size_t not_run = 0;

  // What could not be done on the ensemble because a host failed is that host's failure.
  bool failed() const {
    return refused || !failures.empty() || (not_run > 0 && host != "ensemble");
  }
};

std::vector<HostSummary> summarize(const Result& result) {
  std::vector<HostSummary> hosts;
  std::map<std::string, std::size_t> index;
  const auto summary = [&](const std::string& name) -> HostSummary& {
    const auto [at, is_new] = index.try_emplace(name, hosts.size());
    if (is_new) hosts.push_back({name, false, false, {}, 0});
    return hosts[at->second];
  };
  for (const auto& report : result.reports) {
    for (const auto& outcome : report.outcomes) {
      HostSummary& host = summary(where(outcome));
      if (outcome.state == State::kDone && !outcome.looks_only) host.changed = true;
      if (outcome.state == State::kNotRun) ++host.not_run;
      if (outcome.state == State::kFailed || outcome.state == State::kCancelled) {
        host.failures.push_back(&outcome);
      }
    }
  }
  for (const auto& complaint : result.complaints) summary(complaint.host).refused = true;
  return hosts;
}

std::string seconds(std::chrono::milliseconds span) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f s", static_cast<double>(span.count()) / 1000);
  return text.data();
}

}  // namespace

std::string_view state_name(State state) {
  switch (state) {
    case State::kDone:
      return "done";
    case State::kUnchanged:
      return "unchanged";
    case State::kFailed:
      return "failed";
    case State::kCancelled:
      return "cancelled";
    case State::kNotRun:
      return "not run";
  }
  return "";
}

std::string outcome_line(const Outcome& outcome, const Style& style) {
  std::string mark;
  switch (outcome.state) {
    case State::kDone:
      mark = style.good("done      ");
      break;
    case State::kUnchanged:
      mark = style.dim("unchanged ");
      break;
    case State::kFailed:
      mark = style.bad("FAILED    ");
      break;
    case State::kCancelled:
      mark = style.warn("cancelled ");
      break;
    case State::kNotRun:
      mark = style.dim("not run   ");
      break;
  }
  std::string line = mark + where(outcome) + ": " + outcome.title;
  if (outcome.elapsed.count() >= 1000) line += " (" + seconds(outcome.elapsed) + ")";
  if (!outcome.detail.empty()) {
    line += "\n          " + indented(outcome.detail, "          ");
  }
  return line;
}

bool Result::ok() const {
  return complaints.empty() && std::all_of(reports.begin(), reports.end(),
                                           [](const plan::Report& report) { return report.ok(); });
}

bool Result::cancelled() const {
  return std::any_of(reports.begin(), reports.end(),
                     [](const plan::Report& report) { return report.cancelled(); });
}

std::string result_text(const std::string& command, const Result& result, const Style& style) {
  const auto hosts = summarize(result);
  std::size_t done = 0, unchanged = 0, failed = 0;
  std::string reasons;
  for (const auto& host : hosts) {
    if (host.failed()) {
      ++failed;
    } else if (host.host != "ensemble") {
      ++(host.changed ? done : unchanged);
    }
    for (const Outcome* failure : host.failures) {
      reasons += "  " + style.bad(host.host) + ": " + failure->title + ": " +
                 indented(failure->detail, "      ") + "\n";
    }
  }
  for (const auto& complaint : result.complaints) {
    reasons +=
        "  " + style.bad(complaint.host) + ": " + indented(complaint.message, "      ") + "\n";
  }
  std::vector<std::string> counts;
  const auto count = [&](std::size_t number, const std::string& what) {
    if (number > 0) counts.push_back(std::to_string(number) + " " + what);
  };
  count(done, done == 1 ? "host done" : "hosts done");
  count(unchanged, "unchanged");
  count(failed, "failed");
  const std::string verdict = result.cancelled() ? style.warn("stopped by the operator")
                              : result.ok()      ? style.good("ok")
                                                 : style.bad("failed");
  std::string text = command + ": " + verdict;
  if (!counts.empty()) text += " (" + join(counts, ", ") + ")";
  return text + "\n" + reasons;
}

nlohmann::ordered_json result_json(const std::string& command, const Result& result) {
  nlohmann::ordered_json steps = nlohmann::ordered_json::array();
  for (const auto& report : result.reports) {
    for (const auto& outcome : report.outcomes) {
      nlohmann::ordered_json step = {{"phase", report.title},
                                     {"host", where(outcome)},
                                     {"step", outcome.title},
                                     {"state", state_name(outcome.state)},
                                     {"milliseconds", outcome.elapsed.count()}};
      if (!outcome.detail.empty()) step["reason"] = outcome.detail;
      steps.push_back(std::move(step));
    }
  }
  nlohmann::ordered_json complaints = nlohmann::ordered_json::array();
  for (const auto& complaint : result.complaints) {
    complaints.push_back({{"host", complaint.host}, {"reason", complaint.message}});
  }
  return {{"command", command},
          {"ok", result.ok()},
          {"cancelled", result.cancelled()},
          {"refused", std::move(complaints)},
          {"steps", std::move(steps)}};
}

}  // namespace arcus::report
