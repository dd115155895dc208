// arcus-supervise: one small supervisor process a cache node, and the verbs that talk to it.
// Only the command line is here; what the verbs do is in daemon/supervisor/.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <iostream>
#include <tuple>

#include "core/base/text.h"
#include "daemon/supervisor/verbs.h"

namespace {

using namespace arcus;
using namespace arcus::daemon;

struct Arguments {
  std::string dir;
  std::vector<std::string> nodes;
  std::vector<std::string> environment;
  Spec spec;
  bool once = false;
  double hang = 10;
  double start_limit = 120;
  double grace = 10;
  double timeout = 60;
  std::size_t log_lines = 0;
  std::vector<std::uint16_t> ports;
  EndRequest end;

  const std::string& node() const { return nodes.front(); }
};

std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::milliseconds(std::llround(seconds * 1000));
}

void add_node(CLI::App* verb, Arguments& arguments) {
  verb->add_option("--dir", arguments.dir, "Arcus directory of this host")->required();
  verb->add_option("--node", arguments.nodes, "The node, <ip>:<port>")->required()->expected(1);
}

CLI::Option* add_grace(CLI::App* verb, Arguments& arguments) {
  return verb->add_option("--grace", arguments.grace, "Seconds between SIGTERM and SIGKILL (10)")
      ->check(CLI::Range(0.0, 86400.0));
}

void add_start(CLI::App& app, Arguments& arguments, const std::vector<std::string>& engine,
               int& exit_status) {
  auto* verb = app.add_subcommand("start", "Supervise a node: start [options] -- ENGINE ARGV...");
  add_node(verb, arguments);
  add_grace(verb, arguments);
  verb->add_option("--user", arguments.spec.user, "Run as this user (needs root)");
  verb->add_option("--service", arguments.spec.service, "Service code of the node's cloud");
  verb->add_option("--release", arguments.spec.release, "Name of the release it runs");
  verb->add_option("--env", arguments.environment, "NAME=VALUE for the engine; repeatable")
      ->allow_extra_args(false);
  verb->add_option("--nofile", arguments.spec.nofile, "Limit of open files");
  verb->add_option("--core", arguments.spec.core, "Bytes of a core file (as the caller has it)");
  verb->add_option("--memory-max", arguments.spec.memory_max,
                   "Bytes of memory, by a control group");
  verb->add_option("--oom-score-adj", arguments.spec.oom_score_adj, "Of the engine (0)")
      ->check(CLI::Range(-1000, 1000));
  verb->add_option("--log-bytes", arguments.spec.log_bytes, "Size the log is kept below (64 MiB)");
  verb->add_option("--probe", arguments.spec.probe, "Ask the engine at this <ip>:<port>");
  verb->add_option("--engine", arguments.spec.engine, "bundled, foreign or memcached (bundled)")
      ->check(CLI::IsMember({"bundled", "foreign", "memcached"}).description(""));
  verb->add_option("--zklist", arguments.spec.zklist, "The ensemble, to join for a memcached");
  verb->add_option("--hang", arguments.hang, "Kill it when it gave no answer for so long (10)")
      ->check(CLI::Range(0.1, 86400.0));
  verb->add_option("--start-limit", arguments.start_limit, "Seconds to become ready in (120)")
      ->check(CLI::Range(0.1, 86400.0));
  verb->add_flag("--once", arguments.once, "Don't start the engine again when it ends");
  verb->callback([&arguments, &engine, &exit_status] {
    Spec& spec = arguments.spec;
    spec.node = arguments.node();
    spec.argv = engine;
    spec.grace = milliseconds(arguments.grace);
    spec.hang = milliseconds(arguments.hang);
    spec.start_limit = milliseconds(arguments.start_limit);
    if (!spec.probe.empty() && !parse_host_port(spec.probe)) {
      throw CLI::ValidationError("--probe", "expected <ip>:<port>, not \"" + spec.probe + "\"");
    }
    for (const auto& setting : arguments.environment) {
      const auto equals = setting.find('=');
      if (equals == 0 || equals == std::string::npos) {
        throw CLI::ValidationError("--env", "expected NAME=VALUE, not \"" + setting + "\"");
      }
      spec.env[setting.substr(0, equals)] = setting.substr(equals + 1);
    }
    if (spec.engine != kBundledEngine && spec.probe.empty()) {
      throw CLI::ValidationError("--engine",
                                 "needs --probe: this engine doesn't say that it is ready");
    }
    if (engine.empty()) throw CLI::RequiredError("-- ENGINE ARGV...");
    const Want want = arguments.once ? Want::kOnce : Want::kUp;
    exit_status = verb_start(arguments.dir, spec, want, std::cout);
  });
}

void add_stop_and_wait(CLI::App& app, Arguments& arguments, int& exit_status) {
  auto* stop = app.add_subcommand("stop", "End a node and its supervisor; it stays down");
  add_node(stop, arguments);
  auto* grace = add_grace(stop, arguments);
  stop->callback([&arguments, &exit_status, grace] {
    std::optional<std::chrono::milliseconds> asked;
    if (grace->count() > 0) asked = milliseconds(arguments.grace);
    exit_status = verb_stop(arguments.dir, arguments.node(), asked, std::cout);
  });

  for (const auto& [name, want, summary] :
       {std::tuple{"pause", Want::kPaused, "Leave a node as it is, whatever happens to it"},
        std::tuple{"resume", Want::kUp, "Look after a paused node again"}}) {
    auto* verb = app.add_subcommand(name, summary);
    add_node(verb, arguments);
    verb->callback([&arguments, &exit_status, want = want] {
      exit_status = verb_pause(arguments.dir, arguments.node(), want, std::cout);
    });
  }

  auto* boot = app.add_subcommand("boot", "After a boot: start what was wanted up and is enabled");
  boot->add_option("--dir", arguments.dir, "Arcus directory of this host")->required();
  boot->callback(
      [&arguments, &exit_status] { exit_status = verb_boot(arguments.dir, std::cout); });

  auto* wait = app.add_subcommand("wait", "Wait until a node is ready, or failed for good");
  add_node(wait, arguments);
  wait->add_option("--timeout", arguments.timeout, "Seconds to wait (60)")
      ->check(CLI::Range(0.0, 86400.0));
  wait->callback([&arguments, &exit_status] {
    exit_status =
        verb_wait(arguments.dir, arguments.node(), milliseconds(arguments.timeout), std::cout);
  });
}

void add_status(CLI::App& app, Arguments& arguments, int& exit_status) {
  auto* verb = app.add_subcommand("status", "Tell what nodes are doing, one line of JSON each");
  verb->add_option("--dir", arguments.dir, "Arcus directory of this host")->required();
  verb->add_option("--node", arguments.nodes, "Only this node, <ip>:<port>; repeatable")
      ->allow_extra_args(false);
  auto* lines = verb->add_option("--log-lines", arguments.log_lines, "Add the log's last N lines");
  verb->callback([&arguments, &exit_status, lines] {
    std::optional<std::size_t> count;
    if (lines->count() > 0) count = arguments.log_lines;
    exit_status = verb_status(arguments.dir, arguments.nodes, count, std::cout);
  });
}

void add_listeners(CLI::App& app, Arguments& arguments, int& exit_status) {
  auto* find = app.add_subcommand("find", "Tell which processes listen on TCP ports");
  find->add_option("--port", arguments.ports, "The port; repeatable")
      ->required()
      ->check(CLI::Range(1, 65535));
  find->callback(
      [&arguments, &exit_status] { exit_status = verb_find(arguments.ports, std::cout); });

  auto* end = app.add_subcommand("end", "End exactly this process, which listens on that port");
  end->add_option("--port", arguments.end.port, "The port it listens on")
      ->required()
      ->check(CLI::Range(1, 65535));
  end->add_option("--pid", arguments.end.process.pid, "Its process number")
      ->required()
      ->check(CLI::Range(2, 1 << 30));
  end->add_option("--start-time", arguments.end.process.start_time, "Its start time, as find told")
      ->required();
  add_grace(end, arguments);
  end->callback([&arguments, &exit_status] {
    arguments.end.grace = milliseconds(arguments.grace);
    exit_status = verb_end(arguments.end, std::cout);
  });
}

}  // namespace

int main(int argc, char** argv) {
  // The engine's own options are none of ours: everything after the first "--" is left alone.
  char** const dashes = std::find_if(
      argv, argv + argc, [](const char* word) { return std::string_view(word) == "--"; });
  const std::vector<std::string> engine(dashes == argv + argc ? dashes : dashes + 1, argv + argc);
  // Nor shall ps show them as ours: who looks for the engine would find its supervisor, too.
  for (char** word = dashes; word != argv + argc; ++word) std::memset(*word, 0, std::strlen(*word));

  CLI::App app("Keeps one cache node running: starts its engine, restarts it when it dies");
  app.set_version_flag("--version", "arcus-supervise " ARCUS_VERSION);
  app.require_subcommand(1);
  Arguments arguments;
  int exit_status = kDone;
  add_start(app, arguments, engine, exit_status);
  add_stop_and_wait(app, arguments, exit_status);
  add_status(app, arguments, exit_status);
  add_listeners(app, arguments, exit_status);
  try {
    app.parse(static_cast<int>(dashes - argv), argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  return exit_status;
}
