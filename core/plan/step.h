// A Plan: what a command is going to do, as data. Planners make it from facts without touching
// anything; `--dry-run` prints it; exec::Executor carries it out. Passive data throughout.
//
// Stages run one after another; in a stage every host works through its own steps in order, hosts
// side by side.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/plan/script.h"

namespace arcus::plan {

// Run one of our scripts on the host.
struct RunScript {
  Script script;
  bool as_root = false;  // through sudo where the login user is not root
  std::chrono::milliseconds timeout{60000};
};

// Bring a local file to the host.
struct UploadFile {
  std::string local_path;
  std::string remote_path;
  std::uint64_t bytes = 0;
};

struct ZnodeOp {
  enum class Kind { kCreate, kSet, kRemove, kCheck };
  Kind kind = Kind::kCheck;
  std::string path;
  std::string data;
  std::int32_t version = -1;  // of kSet, kRemove, kCheck; -1 matches any
  bool operator==(const ZnodeOp&) const = default;
};

// One multi(): all of it happens or nothing.
struct ChangeZnodes {
  std::vector<ZnodeOp> operations;
};

// Persistent znodes that must exist, parents first; those that do are left as they are.
struct EnsureZnodes {
  std::vector<std::string> paths;
};

// Wait until every server of the ensemble serves and one of them leads (or one stands alone). Those
// that are the subject of a failed step are not waited for.
struct AwaitEnsemble {
  std::size_t servers = 0;
};

// Wait until the nodes ("ip:port") are in cache_list/<service>, owned by the session that the
// engine reported when it was started (fact "session <ip:port>"); or until none of them is.
struct AwaitNodes {
  std::string service;
  std::vector<std::string> nodes;
  bool present = true;
};

using Action =
    std::variant<RunScript, UploadFile, ChangeZnodes, EnsureZnodes, AwaitEnsemble, AwaitNodes>;

struct Step {
  std::string host;   // a Host's name; empty: the ensemble, reached from here
  std::string title;  // one line, in the imperative: "start 10.0.0.1:11211"
  Action action;
  // What the step is about, where a host has several of them ("10.0.0.1:11211"): once a step
  // failed, those about the same subject that follow are not run.
  std::string subject = {};
};

enum class OnFailure {
  kStep,    // only later steps about the same subject are not run; the host's others go on
  kHost,    // the host's further steps, in this stage and later ones, are not run
  kQuorum,  // as kHost; and once fewer than a majority of the stage's hosts are left, as kAll
  kAll,     // no further stage is run
};

struct Stage {
  std::string title;
  std::vector<Step> steps;
  OnFailure on_failure = OnFailure::kHost;
  bool looks_only = false;  // changes nothing: not worth a word when all goes well
};

struct Plan {
  std::string title;
  std::vector<Stage> stages;
  // Run for a host that began its steps but did not finish all of them.
  std::vector<Step> cleanup;

  bool empty() const;
};

enum class State { kDone, kUnchanged, kFailed, kCancelled, kNotRun };

// What became of a step. `facts` are the "@name value" lines a script printed.
struct Outcome {
  std::string host;
  std::string title;
  State state = State::kNotRun;
  bool looks_only = false;                // its stage's: done, it has changed nothing
  std::string detail;                     // the reason, for all but kDone
  ErrorCode code = ErrorCode::kInternal;  // of kFailed
  std::chrono::milliseconds elapsed{0};
  std::multimap<std::string, std::string> facts;
  std::string output;  // what else it printed
};

// Every outcome, in the plan's order.
struct Report {
  std::string title;
  std::vector<Outcome> outcomes;

  bool ok() const;
  bool cancelled() const;
  // The outcomes of one host, in order.
  std::vector<const Outcome*> of(const std::string& host) const;
};

}  // namespace arcus::plan
