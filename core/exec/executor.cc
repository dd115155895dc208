#include "core/exec/executor.h"

#include <algorithm>
#include <latch>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/exec/lane.h"
#include "core/exec/render.h"

namespace arcus::exec {
namespace {

using plan::Outcome;
using plan::State;

constexpr std::chrono::milliseconds kCleanUpTimeout{5000};

void fail(Outcome& outcome, const Error& error) {
  outcome.state = error.code == ErrorCode::kCancelled ? State::kCancelled : State::kFailed;
  outcome.code = error.code;
  outcome.detail = error.message;
}

// Takes a script's answer apart: "@name value" lines are facts, the rest is output.
void read_answer(const CommandResult& result, Outcome& outcome) {
  for (const auto& line : lines(result.out)) {
    const auto space = line.find(' ');
    if (line.starts_with('@') && space != std::string::npos) {
      outcome.facts.emplace(line.substr(1, space - 1), line.substr(space + 1));
    } else {
      outcome.output += line + "\n";
    }
  }
  if (result.exit_status == 0) {
    outcome.state = State::kDone;
  } else if (result.exit_status == plan::kExitUnchanged) {
    outcome.state = State::kUnchanged;
    outcome.detail = trim(outcome.output);  // what there is to know about it, if anything
  } else {
    std::string why(trim(printable(result.err)));
    if (why.empty()) why = "exit status " + std::to_string(result.exit_status);
    fail(outcome, {ErrorCode::kRemote, why, false});
  }
}

// What engines reported when they were started in this run, by node.
std::map<std::string, std::int64_t> sessions_of(const std::vector<Outcome>& outcomes) {
  std::map<std::string, std::int64_t> sessions;
  for (const auto& outcome : outcomes) {
    const auto [begin, end] = outcome.facts.equal_range("session");
    for (auto it = begin; it != end; ++it) {
      const auto space = it->second.find(' ');
      if (space == std::string::npos) continue;
      const auto id = std::strtoull(it->second.c_str() + space + 1, nullptr, 16);
      if (id != 0) sessions[it->second.substr(0, space)] = static_cast<std::int64_t>(id);
    }
  }
  return sessions;
}

}  // namespace

struct Executor::Run {
  std::vector<Outcome>* outcomes = nullptr;
  std::set<std::string> failed_hosts;     // none of their steps are run any more
  std::set<std::string> failed_subjects;  // nor those about these
  bool stopped = false;                   // no further stage
  // Of the stage under way.
  std::string stage;
  bool looks_only = false;
  std::size_t hosts = 0, hosts_done = 0;
  std::uint64_t bytes = 0;
  std::map<const Outcome*, std::uint64_t> bytes_done;
};

Executor::Executor(ExecutorOptions options)
    : options_(std::move(options)), slots_(std::max<std::ptrdiff_t>(1, options_.width)) {}

Executor::~Executor() = default;

Lane& Executor::lane(const std::string& host) {
  auto& lane = lanes_[host];
  if (lane == nullptr) lane = std::make_unique<Lane>(host, options_.connect);
  return *lane;
}

plan::Report Executor::run(const plan::Plan& plan) {
  plan::Report report{plan.title, {}};
  for (const auto& stage : plan.stages) {
    for (const auto& step : stage.steps) {
      Outcome outcome;
      outcome.host = step.host;
      outcome.title = step.title;
      outcome.looks_only = stage.looks_only;
      report.outcomes.push_back(std::move(outcome));
    }
  }
  Run run;
  run.outcomes = &report.outcomes;
  auto at = report.outcomes.begin();
  for (const auto& stage : plan.stages) {
    if (!stage.steps.empty()) run_stage(stage, at, run);
    at += static_cast<std::ptrdiff_t>(stage.steps.size());
  }
  clean_up(plan, report);
  return report;
}

void Executor::run_stage(const plan::Stage& stage, std::vector<Outcome>::iterator outcomes,
                         Run& run) {
  std::vector<std::pair<std::string, std::vector<Work>>> by_host;  // in the plan's order
  std::map<std::string, std::size_t> index;
  run.stage = stage.title;
  run.looks_only = stage.looks_only;
  run.hosts_done = 0;
  run.bytes = 0;
  run.bytes_done.clear();
  for (const auto& step : stage.steps) {
    const auto [found, is_new] = index.try_emplace(step.host, by_host.size());
    if (is_new) by_host.push_back({step.host, {}});
    by_host[found->second].second.push_back({&step, &*outcomes++});
    if (const auto* upload = std::get_if<plan::UploadFile>(&step.action))
      run.bytes += upload->bytes;
  }
  run.hosts = by_host.size();
  {
    const std::lock_guard lock(mutex_);
    show(run, nullptr);
  }

  std::latch all(static_cast<std::ptrdiff_t>(by_host.size()));
  for (const auto& [host, work] : by_host) {
    if (host.empty()) {
      run_host(nullptr, stage, work, run);
      all.count_down();
      continue;
    }
    Lane& lane = this->lane(host);
    lane.post([this, &lane, &stage, &work = work, &run, &all] {
      slots_.acquire();
      run_host(&lane, stage, work, run);
      slots_.release();
      all.count_down();
    });
  }
  all.wait();

  std::size_t failed = 0;
  for (const auto& [host, work] : by_host) {
    failed += std::any_of(work.begin(), work.end(), [](const Work& one) {
      return one.outcome->state != State::kDone && one.outcome->state != State::kUnchanged;
    });
  }
  if (stage.on_failure == plan::OnFailure::kAll && failed > 0) run.stopped = true;
  if (stage.on_failure == plan::OnFailure::kQuorum && failed * 2 >= by_host.size()) {
    run.stopped = true;
  }
}

void Executor::run_host(Lane* lane, const plan::Stage& stage, const std::vector<Work>& work,
                        Run& run) {
  for (const auto& one : work) {
    {
      const std::lock_guard lock(mutex_);
      Outcome& outcome = *one.outcome;
      if (cancelled()) {
        outcome.state = State::kCancelled;
        outcome.detail = "not begun";
        continue;
      }
      if (run.stopped || run.failed_hosts.count(one.step->host) != 0 ||
          run.failed_subjects.count(one.step->subject) != 0) {
        outcome.detail = "an earlier step failed";
        continue;
      }
    }
    const auto begun = std::chrono::steady_clock::now();
    perform(lane, one, run);
    one.outcome->elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begun);
    const std::lock_guard lock(mutex_);
    if (one.outcome->state == State::kFailed || one.outcome->state == State::kCancelled) {
      const bool unreachable = one.outcome->code != ErrorCode::kRemote && lane != nullptr;
      if (stage.on_failure != plan::OnFailure::kStep || unreachable) {
        run.failed_hosts.insert(one.step->host);
      }
      if (!one.step->subject.empty()) run.failed_subjects.insert(one.step->subject);
    }
    show(run, one.outcome);
  }
  const std::lock_guard lock(mutex_);
  ++run.hosts_done;
  show(run, nullptr);
}

void Executor::perform(Lane* lane, const Work& work, Run& run) {
  if (lane == nullptr) {
    perform_on_ensemble(work.step->action, *work.outcome, run);
  } else if (const auto* script = std::get_if<plan::RunScript>(&work.step->action)) {
    perform_script(*lane, *script, *work.outcome);
  } else if (const auto* upload = std::get_if<plan::UploadFile>(&work.step->action)) {
    perform_upload(*lane, *upload, *work.outcome, run);
  } else {
    fail(*work.outcome, {ErrorCode::kInternal, "a step on the ensemble was planned on a host"});
  }
}

void Executor::perform_script(Lane& lane, const plan::RunScript& run, Outcome& outcome) {
  auto transport = lane.transport();
  if (!transport.ok()) return fail(outcome, transport.error());
  Command command;
  command.script = render(run.script);
  command.as_root = run.as_root;
  command.timeout = run.timeout;
  auto result = (*transport)->run(command);
  if (!result.ok()) return fail(outcome, result.error());
  read_answer(*result, outcome);
}

void Executor::perform_upload(Lane& lane, const plan::UploadFile& file, Outcome& outcome,
                              Run& run) {
  auto transport = lane.transport();
  if (!transport.ok()) return fail(outcome, transport.error());
  Upload upload;
  upload.local_path = file.local_path;
  upload.remote_path = file.remote_path;
  upload.on_progress = [&](std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    run.bytes_done[&outcome] = bytes;
    show(run, nullptr);
  };
  if (auto sent = (*transport)->upload(upload); !sent.ok()) return fail(outcome, sent.error());
  outcome.state = State::kDone;
}

void Executor::perform_on_ensemble(const plan::Action& action, Outcome& outcome, Run& run) {
  Status status;
  outcome.state = State::kDone;
  if (const auto* change = std::get_if<plan::ChangeZnodes>(&action)) {
    status = options_.registry->change(change->operations);
  } else if (const auto* ensure = std::get_if<plan::EnsureZnodes>(&action)) {
    const auto made = options_.registry->ensure(ensure->paths);
    if (!made.ok())
      status = made.error();
    else if (*made == 0)
      outcome.state = State::kUnchanged;
  } else if (std::holds_alternative<plan::AwaitEnsemble>(action)) {
    status = options_.registry->await_ensemble(run.failed_subjects);
  } else if (const auto* await = std::get_if<plan::AwaitNodes>(&action)) {
    std::vector<std::string> nodes;
    for (const auto& node : await->nodes) {
      if (run.failed_subjects.count(node) == 0) nodes.push_back(node);
    }
    if (nodes.size() < await->nodes.size()) {
      outcome.detail = std::to_string(await->nodes.size() - nodes.size()) + " failed before";
    }
    status = options_.registry->await_nodes(await->service, nodes, await->present,
                                            sessions_of(*run.outcomes));
  } else {
    status = Error{ErrorCode::kInternal, "a step on a host was planned without one"};
  }
  if (!status.ok()) fail(outcome, status.error());
}

void Executor::clean_up(const plan::Plan& plan, const plan::Report& report) {
  std::vector<std::pair<Lane*, const plan::RunScript*>> todo;
  for (const auto& step : plan.cleanup) {
    bool begun = false;
    bool finished = true;
    for (const Outcome* outcome : report.of(step.host)) {
      const bool good = outcome->state == State::kDone || outcome->state == State::kUnchanged;
      begun = begun || good || outcome->elapsed.count() > 0;
      finished = finished && good;
    }
    const auto* script = std::get_if<plan::RunScript>(&step.action);
    if (begun && !finished && script != nullptr) todo.emplace_back(&lane(step.host), script);
  }
  std::latch all(static_cast<std::ptrdiff_t>(todo.size()));
  for (const auto& [lane, script] : todo) {
    lane->post([lane = lane, script = script, &all] {
      if (auto transport = lane->transport(); transport.ok()) {
        Command command;
        command.script = render(script->script);
        command.as_root = script->as_root;
        command.timeout = kCleanUpTimeout;
        command.ignore_cancel = true;
        // What can't be cleaned is found and replaced by the next run.
        [[maybe_unused]] const auto result = (*transport)->run(command);
      }
      all.count_down();
    });
  }
  all.wait();
}

void Executor::show(Run& run, const Outcome* finished) {
  if (!options_.on_progress) return;
  Progress progress;
  progress.stage = run.stage;
  progress.looks_only = run.looks_only;
  progress.hosts_done = run.hosts_done;
  progress.hosts = run.hosts;
  progress.bytes = run.bytes;
  progress.finished = finished;
  for (const auto& [outcome, bytes] : run.bytes_done) progress.bytes_done += bytes;
  options_.on_progress(progress);
}

}  // namespace arcus::exec
