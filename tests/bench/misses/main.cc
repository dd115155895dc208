// arcus-bench-misses: replays a trace against a server and counts what it misses, or simulates it.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "tests/bench/misses/patterns.h"
#include "tests/bench/misses/replay.h"
#include "tests/bench/misses/simulate.h"
#include "tests/bench/misses/sizes.h"
#include "tests/bench/misses/trace_file.h"
#include "tests/bench/misses/workload.h"

namespace arcus::bench::misses {
namespace {

struct Arguments {
  std::vector<std::string> traces;
  std::string file;
  std::string server;
  bool simulate = false;
  bool by_items = false;
  bool list = false;
  std::uint32_t overhead = 16;
  double warm_up = 0.5;
  WorkloadOptions workload;
  ReplayOptions replay;
};

int fail(const Error& error) {
  std::fprintf(stderr, "arcus-bench-misses: %s\n", error.message.c_str());
  return 1;
}

void list() {
  std::puts("A trace is PATTERN/SIZES. Patterns:");
  for (const Pattern& one : all_patterns()) {
    std::printf("  %-10s %s\n", one.name.c_str(), one.summary.c_str());
  }
  std::puts("Sizes, in bytes:");
  for (const Sizes& one : all_sizes()) {
    std::printf("  %-10s key %u, value %u", one.name.c_str(), one.key, one.value_least);
    if (one.value_greatest != one.value_least) std::printf(" to %u", one.value_greatest);
    std::puts(one.logarithmic ? ", every order of magnitude as often" : "");
  }
}

Result<std::unique_ptr<Trace>> open_trace(const Arguments& arguments, const std::string& name) {
  if (arguments.file.empty()) return make_workload(name, arguments.workload);
  return std::unique_ptr<Trace>(std::make_unique<TraceFile>(arguments.file));
}

Result<DenseTrace> load(const Arguments& arguments, const std::string& name) {
  Result<std::unique_ptr<Trace>> trace = open_trace(arguments, name);
  if (!trace) return trace.error();
  DenseTrace all = read_all(**trace);
  if (const Status status = (*trace)->status(); !status) return status.error().in(name);
  return all;
}

// How many items memcached keeps, where the trace is made up; else what fits of the average size.
std::uint64_t items_kept(const Arguments& arguments, const std::string& name,
                         const DenseTrace& trace) {
  const std::vector<std::string> parts = split(name, '/');
  if (parts.size() == 2) {
    if (const Sizes* sizes = find_sizes(parts[1])) {
      return memcached_keeps(*sizes, arguments.workload.megabytes);
    }
  }
  std::uint64_t bytes = 0;
  for (const std::uint32_t size : trace.bytes) bytes += size + arguments.overhead;
  return (arguments.workload.megabytes << 20) * trace.bytes.size() /
         std::max<std::uint64_t>(bytes, 1);
}

std::vector<Contender> contenders_for(const Arguments& arguments) {
  std::vector<Contender> some;
  for (const Contender& one : contenders()) {
    if (!arguments.by_items || !one.bytes_only) some.push_back(one);
  }
  return some;
}

int simulate(const Arguments& arguments) {
  const std::vector<Contender> columns = contenders_for(arguments);
  std::string head = "| trace |", line = "|---|";
  for (const Contender& one : columns) {
    head += " " + one.name + " |";
    line += "--:|";
  }
  std::printf("%s\n%s\n", head.c_str(), line.c_str());
  for (const std::string& name : arguments.traces) {
    const Result<DenseTrace> trace = load(arguments, name);
    if (!trace) return fail(trace.error());
    SimulationOptions options;
    options.by_items = arguments.by_items;
    options.capacity = arguments.by_items ? items_kept(arguments, name, *trace)
                                          : arguments.workload.megabytes << 20;
    options.overhead = arguments.overhead;
    options.warm_up = arguments.warm_up;
    std::printf("| %s |", name.c_str());
    for (const Contender& one : columns) {
      std::printf(" %.4f |", miss_ratio(one, *trace, options));
      std::fflush(stdout);
    }
    std::puts("");
  }
  return 0;
}

Result<Counts> replay_one(const Arguments& arguments, const std::string& name) {
  const auto address = parse_host_port(arguments.server);
  if (!address) return invalid("--server is not HOST:PORT: " + arguments.server);
  Result<std::unique_ptr<Trace>> trace = open_trace(arguments, name);
  if (!trace) return trace.error();
  Result<Counts> counts = replay(**trace, *address, arguments.replay);
  if (!counts) return counts.error().in(name);
  if (const Status status = (*trace)->status(); !status) return status.error().in(name);
  counts->drop_warm_up(arguments.warm_up);
  return counts;
}

int replay_all(const Arguments& arguments) {
  for (const std::string& name : arguments.traces) {
    const Result<Counts> counts = replay_one(arguments, name);
    if (!counts) return fail(counts.error());
    std::printf("%s requests=%lu misses=%lu refused=%lu ratio=%.5f\n", name.c_str(),
                counts->requests, counts->misses, counts->refused, counts->ratio());
    std::fflush(stdout);
  }
  return 0;
}

int run(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Counts the misses of a cache over traces.", "arcus-bench-misses");
  app.add_option("TRACES", arguments.traces, "made-up traces, PATTERN/SIZES (see --list)");
  app.add_option("--trace", arguments.file, "a recorded trace instead: Twitter's csv, or key size");
  app.add_option("--server", arguments.server,
                 "HOST:PORT of an empty server to replay them against");
  app.add_flag("--simulate", arguments.simulate, "print what ideal policies would miss");
  app.add_flag("--by-items", arguments.by_items, "simulate as many items as memcached keeps");
  app.add_flag("--list", arguments.list, "print the patterns and sizes there are");
  app.add_option("--memory", arguments.workload.megabytes, "the cache's megabytes")
      ->check(CLI::Range(1, 16384))
      ->capture_default_str();
  app.add_option("--seed", arguments.workload.seed, "of the made-up traces")->capture_default_str();
  app.add_option("--length", arguments.workload.length, "of the made-up traces, 1: as usual")
      ->check(CLI::Range(0.0, 1000.0));
  app.add_option("--warm-up", arguments.warm_up, "share of a trace whose misses don't count")
      ->check(CLI::Range(0.0, 0.99));
  app.add_option("--overhead", arguments.overhead, "simulated bytes an item beside key and value")
      ->capture_default_str();
  app.add_option("--batch", arguments.replay.batch, "requests on their way on a connection")
      ->check(CLI::Range(1, 200))
      ->capture_default_str();
  app.add_option("--connections", arguments.replay.connections, "to replay on")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  if (arguments.list) return list(), 0;
  if (!arguments.file.empty()) arguments.traces = {arguments.file};
  if (arguments.traces.empty()) return fail(invalid("no trace; --help tells more"));
  return arguments.simulate ? simulate(arguments) : replay_all(arguments);
}

}  // namespace
}  // namespace arcus::bench::misses

int main(int argc, char** argv) {
  return arcus::bench::misses::run(argc, argv);
}
