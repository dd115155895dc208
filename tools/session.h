// A Session is one run of `arcus`: the settings in force, the connections, and the one path every
// command takes: load -> probe -> plan -> execute (or print) -> report -> exit status.
// Owned by main's thread.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/cancel.h"
#include "core/cluster/model.h"
#include "core/exec/executor.h"
#include "core/exec/registry.h"
#include "core/plan/planners.h"
#include "core/report/outcomes.h"
#include "tools/commands.h"
#include "tools/flags.h"
#include "tools/output.h"

namespace arcus::tools {

class Session {
 public:
  Session(const Command& command, const Flags& flags, const Cancel& cancel);

  // Reads the settings and the list of servers; before anything else.
  Status open();

  const Flags& flags() const { return flags_; }
  const cluster::Settings& settings() const { return settings_; }
  const std::vector<cluster::ZkServer>& servers() const { return servers_; }
  const Cancel& cancel() const { return cancel_; }
  Output& output() { return output_; }
  exec::Registry& registry();
  std::string name() const;  // "memcached start"

  // The cloud of the <conf_file> argument.
  Result<cluster::Cloud> cloud_file() const;
  // The machines of a cloud (or of none) and of the ensemble, if that is ours to touch.
  plan::Hosts hosts(const cluster::Cloud& cloud, bool with_ensemble);
  // Looks at the hosts. Those that can't be reached are in the report and have no facts.
  plan::HostFactsByName probe(const plan::Hosts& hosts, std::vector<std::string> releases = {});

  // Runs a plan that only looks; what fails of it is no failure of the command.
  plan::Report look(const plan::Plan& plan) { return executor().run(plan); }

  // In a dry run: what the plans printed so far would have changed, for the probes that follow.
  void predict(const std::string& host, std::function<void(plan::HostFacts&)> change);

  // Runs the plan, or prints it in a dry run. False when anything failed; the report knows.
  bool execute(const plan::Plan& plan);
  bool execute(const plan::HostPlan& plan);  // its complaints go into the report too
  void complain(std::string host, std::string message);
  const report::Result& result() const { return result_; }
  std::vector<plan::Outcome> outcomes() const;  // of all plans so far
  bool failed(const std::string& host) const;  // anything so far, on this host

  // Asks a person to type `answer`; --yes is a yes, no terminal is a no. kRefused when declined.
  Status confirm(const std::string& question, const std::string& answer = "yes");

  // The exit status of all that was executed, after printing the report. `extra` joins the JSON.
  int finish(nlohmann::ordered_json extra = nlohmann::ordered_json::object());
  // The same for a command that failed as a whole: why, and what its hosts had said by then.
  void report_error(const Error& error);

 private:
  exec::Executor& executor();
  Result<std::unique_ptr<exec::Transport>> transport(const std::string& host);

  const Command& command_;
  const Flags& flags_;
  const Cancel& cancel_;
  Output output_;
  cluster::Settings settings_;
  std::vector<cluster::ZkServer> servers_;
  std::map<std::string, cluster::Host> known_hosts_;  // by name, for the transports
  std::unique_ptr<exec::Registry> registry_;
  std::unique_ptr<exec::Executor> executor_;
  report::Result result_;
  std::map<std::string, std::function<void(plan::HostFacts&)>> predictions_;
  std::vector<nlohmann::ordered_json> plans_;  // of a dry run with --format json
};

// Runs a command of the table: its errors become messages, the rest its exit status.
int run_command(const Command& command, const Flags& flags, const Cancel& cancel);

}  // namespace arcus::tools
