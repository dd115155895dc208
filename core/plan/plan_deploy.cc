#include "core/base/text.h"
#include "core/plan/planners.h"

namespace arcus::plan {
namespace {

// "2.36" as something that compares.
std::pair<std::uint64_t, std::uint64_t> version_of(const std::string& text) {
  const auto parts = split(text, '.');
  const auto number = [&](std::size_t i) {
    return i < parts.size() ? parse_number(parts[i]).value_or(0) : 0;
  };
  return {number(0), number(1)};
}

// Why a host can't take the release; empty when it can.
std::string obstacle(const HostFacts& facts, const DeployInput& input, const Release& release) {
  if (!facts.other_dir.empty()) {
    return "this host's directory is " + facts.other_dir + ", not " + facts.dir +
           ": set \"dir\" to it, or move the installation and remove the file deploy-dir in "
           "/etc/arcus or ~/.config/arcus there";
  }
  if (!facts.writable && !facts.sudo) {
    return "user " + facts.login_user + " cannot write " + facts.dir +
           " and may not use `sudo -n`: log in as root, allow sudo without a password, or set "
           "\"dir\"";
  }
  if (!facts.missing_tools.empty()) {
    return "the host lacks " + join({facts.missing_tools.begin(), facts.missing_tools.end()}, ", ");
  }
  if (!input.arch.empty() && facts.arch != input.arch) {
    return "the host's processor is " + facts.arch + ", the package is for " + input.arch;
  }
  if (!input.glibc.empty() && version_of(facts.glibc) < version_of(input.glibc)) {
    return "the host's C library is " +
           (facts.glibc.empty() ? "not glibc" : "glibc " + facts.glibc) +
           ", the package needs glibc " + input.glibc;
  }
  // The package and what it unpacks to stand side by side for a moment.
  const std::uint64_t needed = release.bytes + release.unpacked;
  if (facts.releases.count(release.name) == 0 && facts.free_bytes < needed) {
    return "only " + format_bytes(facts.free_bytes) + " are free under " + facts.dir + ", " +
           format_bytes(needed) + " are needed";
  }
  return "";
}

struct HostWork {
  const cluster::Host& host;
  const HostFacts& facts;
  const Release& release;
  std::string run_user;  // empty where we are not root

  Step step(std::string title, Script script) const {
    return {host.name, std::move(title), RunScript{std::move(script), facts.as_root()}};
  }
};

void plan_host(const HostWork& work, const DeployInput& input, Plan& plan) {
  const HostFacts& facts = work.facts;
  const Release& release = work.release;
  std::vector<Step>& steps = plan.stages.front().steps;
  if (facts.releases.count(release.name) != 0) {
    if (facts.current == release.name) return;
    steps.push_back(work.step("switch to " + release.name,
                              {"deploy_switch", {{"DIR", facts.dir}, {"RELEASE", release.name}}}));
    return;
  }
  const std::string remote = facts.dir + "/incoming/" + release.name + "." + input.token;
  steps.push_back(
      work.step("prepare " + facts.dir, {"deploy_prepare",
                                         {{"DIR", facts.dir},
                                          {"REMEMBER", work.host.is_local ? "no" : "yes"},
                                          {"LOGIN_USER", facts.login_user},
                                          {"RUN_USER", work.run_user}}}));
  steps.push_back(
      {work.host.name, "send " + release.name, UploadFile{release.package, remote, release.bytes}});
  steps.push_back(work.step("install " + release.name, {"deploy_install",
                                                        {{"DIR", facts.dir},
                                                         {"RELEASE", release.name},
                                                         {"PACKAGE", remote},
                                                         {"SHA256", release.sha256},
                                                         {"KEEP", std::to_string(input.keep)},
                                                         {"RUN_USER", work.run_user}}}));
  plan.cleanup.push_back(work.step("remove what was left",
                                   {"deploy_cleanup", {{"DIR", facts.dir}, {"PACKAGE", remote}}}));
}

}  // namespace

bool wants_zookeeper(const cluster::Host& host, const HostFacts& facts) {
  return !host.zk.empty() || !facts.zk_instances.empty();
}

HostPlan plan_deploy(const Hosts& hosts, const HostFactsByName& facts, const DeployInput& input) {
  HostPlan result;
  result.plan.title = "deploy";
  // One stage: no host waits for the slowest one before it goes on.
  result.plan.stages = {{"Bring the release to the hosts", {}, OnFailure::kHost}};
  for (const auto& host : hosts) {
    const auto known = facts.find(host.name);
    if (known == facts.end()) continue;  // the probe failed and said why
    const HostFacts& host_facts = known->second;
    const Release& release = wants_zookeeper(host, host_facts) ? input.zookeeper : input.cache;
    const std::string why = obstacle(host_facts, input, release);
    if (!why.empty()) {
      result.complaints.push_back({host.name, why});
      continue;
    }
    const std::string user = host_facts.as_root() ? input.run_user : "";
    plan_host({host, host_facts, release, user}, input, result.plan);
  }
  return result;
}

}  // namespace arcus::plan
