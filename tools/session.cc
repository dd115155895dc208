#include "tools/session.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/cluster/hosts.h"
#include "core/cluster/load.h"
#include "core/cluster/settings.h"
#include "core/cluster/zklist.h"
#include "core/exec/local_transport.h"
#include "core/exec/ssh_transport.h"
#include "tools/exit_status.h"

namespace arcus::tools {
namespace {

ssh::HostKeys host_keys_of(cluster::HostKeyCheck check) {
  switch (check) {
    case cluster::HostKeyCheck::kAcceptNew:
      return ssh::HostKeys::kAcceptNew;
    case cluster::HostKeyCheck::kStrict:
      return ssh::HostKeys::kStrict;
    case cluster::HostKeyCheck::kOff:
      return ssh::HostKeys::kOff;
  }
  return ssh::HostKeys::kStrict;
}

// A line from the terminal; nothing when there is none or the operator cancels.
std::optional<std::string> read_line(const Cancel& cancel) {
  std::string line;
  while (true) {
    pollfd wait[] = {{STDIN_FILENO, POLLIN, 0}, {cancel.fd(), POLLIN, 0}};
    if (::poll(wait, 2, -1) < 0 || wait[1].revents != 0) return std::nullopt;
    char c = 0;
    if (::read(STDIN_FILENO, &c, 1) <= 0) return std::nullopt;
    if (c == '\n') return line;
    line += c;
  }
}

}  // namespace

Session::Session(const Command& command, const Flags& flags, const Cancel& cancel)
    : command_(command), flags_(flags), cancel_(cancel), output_(flags) {}

std::string Session::name() const {
  const std::string group(command_.group);
  return (group.empty() ? "" : group + " ") + std::string(command_.name);
}

Status Session::open() {
  auto settings =
      cluster::resolve_settings(flags_.config, flags_.overrides, cluster::process_environment());
  if (!settings.ok()) return settings.error();
  settings_ = *std::move(settings);
  auto servers = cluster::parse_zklist(settings_.zklist);
  if (!servers.ok()) return servers.error().in(settings_.zklist_origin);
  servers_ = *std::move(servers);
  return {};
}

Result<cluster::Cloud> Session::cloud_file() const {
  auto cloud = cluster::load_cloud(flags_.file);
  if (cloud.ok()) return cloud;
  Error error = cloud.error();
  error.code = ErrorCode::kInvalid;  // also one that isn't there: kNotFound is for clouds
  return error;
}

exec::Registry& Session::registry() {
  if (registry_ == nullptr) {
    registry_ = std::make_unique<exec::Registry>(servers_, flags_.timeout, cancel_);
  }
  return *registry_;
}

plan::Hosts Session::hosts(const cluster::Cloud& cloud, bool with_ensemble) {
  const bool ours = with_ensemble && settings_.zookeeper.managed;
  auto hosts = cluster::hosts_of(cloud, ours ? servers_ : std::vector<cluster::ZkServer>{},
                                 settings_, cluster::system_resolver());
  for (const auto& host : hosts) known_hosts_[host.name] = host;
  return hosts;
}

Result<std::unique_ptr<exec::Transport>> Session::transport(const std::string& name) {
  const cluster::Host& host = known_hosts_.at(name);
  if (host.is_local) {
    return std::unique_ptr<exec::Transport>(std::make_unique<exec::LocalTransport>(cancel_));
  }
  ssh::Target target;
  target.host = host.name;
  target.aliases = host.aliases;
  target.address = host.ssh.address;
  target.usual_address = host.address;
  target.user = host.ssh.user;
  target.identity = host.ssh.identity;
  target.port = host.ssh.port;
  target.host_keys = host_keys_of(settings_.ssh.host_keys);
  target.record_host_keys = !flags_.dry_run;
  target.config_file = settings_.ssh.config_file;
  target.known_hosts_file = settings_.ssh.known_hosts_file;
  target.connect_timeout = std::min<std::chrono::milliseconds>(target.connect_timeout, flags_.timeout);
  return std::unique_ptr<exec::Transport>(std::make_unique<exec::SshTransport>(target, cancel_));
}

exec::Executor& Session::executor() {
  if (executor_ == nullptr) {
    exec::ExecutorOptions options;
    options.connect = [this](const std::string& host) { return transport(host); };
    options.registry = &registry();
    options.width = flags_.jobs;
    options.cancel = &cancel_;
    options.on_progress = [this](const exec::Progress& progress) { output_.progress(progress); };
    executor_ = std::make_unique<exec::Executor>(std::move(options));
  }
  return *executor_;
}

plan::HostFactsByName Session::probe(const plan::Hosts& hosts, std::vector<std::string> releases) {
  const auto plan = plan::plan_probe(hosts, {settings_.dir, settings_.java, std::move(releases)});
  auto report = executor().run(plan);
  plan::HostFactsByName facts;
  for (const auto& outcome : report.outcomes) {
    if (outcome.state != plan::State::kDone) continue;
    plan::HostFacts& known = facts[outcome.host] = plan::host_facts(outcome);
    if (const auto change = predictions_.find(outcome.host); change != predictions_.end()) {
      change->second(known);
    }
  }
  result_.reports.push_back(std::move(report));
  return facts;
}

void Session::predict(const std::string& host, std::function<void(plan::HostFacts&)> change) {
  if (flags_.dry_run) predictions_[host] = std::move(change);
}

bool Session::execute(const plan::Plan& plan) {
  if (flags_.dry_run) {
    if (output_.json())
      plans_.push_back(report::plan_json(plan));
    else
      output_.result(report::plan_text(plan) + "\n");
    return true;
  }
  if (plan.empty()) return true;
  result_.reports.push_back(executor().run(plan));
  return result_.reports.back().ok();
}

bool Session::execute(const plan::HostPlan& plan) {
  for (const auto& complaint : plan.complaints) complain(complaint.host, complaint.message);
  return execute(plan.plan) && plan.complaints.empty();
}

void Session::complain(std::string host, std::string message) {
  result_.complaints.push_back({std::move(host), std::move(message)});
}

std::vector<plan::Outcome> Session::outcomes() const {
  std::vector<plan::Outcome> all;
  for (const auto& report : result_.reports) {
    all.insert(all.end(), report.outcomes.begin(), report.outcomes.end());
  }
  return all;
}

bool Session::failed(const std::string& host) const {
  for (const auto& complaint : result_.complaints) {
    if (complaint.host == host) return true;
  }
  for (const auto& report : result_.reports) {
    for (const auto* outcome : report.of(host)) {
      if (outcome->state == plan::State::kFailed) return true;
    }
  }
  return false;
}

Status Session::confirm(const std::string& question, const std::string& answer) {
  if (flags_.yes || flags_.dry_run) return {};
  const Error declined{ErrorCode::kRefused, "not confirmed; nothing was done", false};
  if (::isatty(STDIN_FILENO) != 1) {
    return Error{ErrorCode::kRefused, question + "\nThere is no terminal to ask at: use --yes",
                 false};
  }
  std::fprintf(stderr, "%s\nType '%s' to go on: ", question.c_str(), answer.c_str());
  const auto line = read_line(cancel_);
  if (!line || trim(*line) != answer) return declined;
  return {};
}

int Session::finish(nlohmann::ordered_json extra) {
  output_.end_progress();
  if (output_.json()) {
    auto json = report::result_json(name(), result_);
    if (flags_.dry_run) json["plans"] = plans_;
    json.update(extra);
    output_.result(json.dump(2) + "\n");
  } else if (!flags_.dry_run || !result_.ok()) {
    output_.result(report::result_text(name(), result_, output_.style()));
  }
  if (result_.cancelled() || cancel_.requested()) return kInterrupted;
  if (result_.ok()) return kOk;
  // A change that somebody else's came before has a status of its own; nothing was written.
  for (const auto& report : result_.reports) {
    for (const auto* outcome : report.of("")) {
      if (outcome->state == plan::State::kFailed && outcome->code == ErrorCode::kConflict) {
        return kConflict;
      }
    }
  }
  return kFailed;
}

void Session::report_error(const Error& error) {
  if (output_.json()) {
    auto json = report::result_json(name(), result_);
    json["ok"] = false;
    json["error"] = error.message;
    output_.result(json.dump(2) + "\n");
    return;
  }
  output_.error(error.message);
  if (!result_.ok()) output_.result(report::result_text(name(), result_, output_.style()));
}

int run_command(const Command& command, const Flags& flags, const Cancel& cancel) {
  log::set_level(flags.verbose ? log::Level::kDebug
                 : flags.quiet ? log::Level::kError
                               : log::Level::kWarning);
  Session session(command, flags, cancel);
  Error error;
  if (const auto opened = session.open(); !opened.ok()) {
    error = opened.error();
    error.code = ErrorCode::kInvalid;  // also a file that is missing or may not be read
  } else {
    const auto status = command.run(session);
    if (status.ok()) return *status;
    error = status.error();
  }
  if (cancel.requested()) error.code = ErrorCode::kCancelled;
  session.report_error(error);
  return exit_status(error.code);
}

}  // namespace arcus::tools
