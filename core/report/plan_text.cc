#include "core/base/text.h"
#include "core/report/outcomes.h"

namespace arcus::report {
namespace {

using plan::Step;

std::string verb(plan::ZnodeOp::Kind kind) {
  switch (kind) {
    case plan::ZnodeOp::Kind::kCreate:
      return "create";
    case plan::ZnodeOp::Kind::kSet:
      return "set";
    case plan::ZnodeOp::Kind::kRemove:
      return "remove";
    case plan::ZnodeOp::Kind::kCheck:
      return "check";
  }
  return "";
}

std::string where(const Step& step) {
  return step.host.empty() ? "ensemble" : step.host;
}

// What stands behind a step's title.
std::vector<std::string> details(const Step& step) {
  std::vector<std::string> details;
  if (const auto* change = std::get_if<plan::ChangeZnodes>(&step.action)) {
    for (const auto& op : change->operations) {
      details.push_back(verb(op.kind) + " " + op.path +
                        (op.data.empty() ? "" : " = " + printable(op.data)));
    }
  } else if (const auto* ensure = std::get_if<plan::EnsureZnodes>(&step.action)) {
    for (const auto& path : ensure->paths) details.push_back("create " + path + " if missing");
  } else if (const auto* upload = std::get_if<plan::UploadFile>(&step.action)) {
    details.push_back(format_bytes(upload->bytes) + " to " + upload->remote_path);
  } else if (const auto* await = std::get_if<plan::AwaitNodes>(&step.action)) {
    details.push_back(join(await->nodes, " "));
  }
  return details;
}

}  // namespace

std::string plan_text(const plan::Plan& plan) {
  if (plan.empty()) return "Plan: " + plan.title + ": nothing to do\n";
  std::string text = "Plan: " + plan.title + "\n";
  for (const auto& stage : plan.stages) {
    if (stage.steps.empty()) continue;
    text += "\n" + stage.title + "\n";
    for (const auto& step : stage.steps) {
      text += "  " + where(step) + ": " + step.title;
      const auto* script = std::get_if<plan::RunScript>(&step.action);
      text += (script != nullptr && script->as_root ? " (as root)\n" : "\n");
      for (const auto& detail : details(step)) text += "      " + detail + "\n";
    }
  }
  return text;
}

nlohmann::ordered_json plan_json(const plan::Plan& plan) {
  nlohmann::ordered_json stages = nlohmann::ordered_json::array();
  for (const auto& stage : plan.stages) {
    if (stage.steps.empty()) continue;
    nlohmann::ordered_json steps = nlohmann::ordered_json::array();
    for (const auto& step : stage.steps) {
      nlohmann::ordered_json one = {{"host", where(step)}, {"title", step.title}};
      if (const auto* script = std::get_if<plan::RunScript>(&step.action)) {
        one["script"] = script->script.name;
        one["as_root"] = script->as_root;
      }
      if (const auto more = details(step); !more.empty()) one["details"] = more;
      steps.push_back(std::move(one));
    }
    stages.push_back({{"title", stage.title}, {"steps", std::move(steps)}});
  }
  return {{"plan", plan.title}, {"stages", std::move(stages)}};
}

}  // namespace arcus::report
