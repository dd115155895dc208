// The Executor carries out plans. Every host has a lane: a thread that owns the host's transport
// (one SSH session for the whole command, whatever the number of plans) and works through the
// host's steps in order; at most `width` hosts are worked on at once. Nothing is dropped: each step
// of a plan has its outcome in the report, also those that were not run.
//
// Owned by one thread, which calls run(); on_progress comes from the lanes' threads, one at a time.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <semaphore>
#include <set>
#include <string>
#include <vector>

#include "core/base/cancel.h"
#include "core/exec/registry.h"
#include "core/exec/transport.h"
#include "core/plan/step.h"

namespace arcus::exec {

using TransportFactory = std::function<Result<std::unique_ptr<Transport>>(const std::string& host)>;

// What is going on, for whoever draws it.
struct Progress {
  std::string stage;
  bool looks_only = false;  // the stage changes nothing
  std::size_t hosts_done = 0;
  std::size_t hosts = 0;
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes = 0;
  const plan::Outcome* finished = nullptr;  // the step that has just ended
};

struct ExecutorOptions {
  TransportFactory connect;
  Registry* registry = nullptr;  // for steps on the ensemble
  std::ptrdiff_t width = 64;
  const Cancel* cancel = nullptr;
  std::function<void(const Progress&)> on_progress;
};

class Lane;

class Executor {
 public:
  explicit Executor(ExecutorOptions options);
  ~Executor();

  plan::Report run(const plan::Plan& plan);

 private:
  struct Run;  // of one plan
  struct Work {
    const plan::Step* step;
    plan::Outcome* outcome;
  };

  Lane& lane(const std::string& host);
  void run_stage(const plan::Stage& stage, std::vector<plan::Outcome>::iterator outcomes, Run& run);
  void run_host(Lane* lane, const plan::Stage& stage, const std::vector<Work>& work, Run& run);
  void perform(Lane* lane, const Work& work, Run& run);
  void perform_script(Lane& lane, const plan::RunScript& run, plan::Outcome& outcome);
  void perform_upload(Lane& lane, const plan::UploadFile& upload, plan::Outcome& outcome, Run& run);
  void perform_on_ensemble(const plan::Action& action, plan::Outcome& outcome, Run& run);
  void clean_up(const plan::Plan& plan, const plan::Report& report);
  void show(Run& run, const plan::Outcome* finished);

  bool cancelled() const { return options_.cancel != nullptr && options_.cancel->requested(); }

  ExecutorOptions options_;
  std::counting_semaphore<4096> slots_;
  std::map<std::string, std::unique_ptr<Lane>> lanes_;
  std::mutex mutex_;  // of a Run's shared members and of on_progress
};

}  // namespace arcus::exec
