// arcus-bench-load: sends a memcached server requests and counts what it answers. Ends with 1 when
// the run broke off, 2 on a wrong command line, 3 when values were wrong, requests were answered
// with errors or not at all.
#include <cstdio>
#include <string>
#include <vector>

#include "tests/bench/load/options.h"
#include "tests/bench/load/populate.h"
#include "tests/bench/load/report.h"
#include "tests/bench/load/run.h"

namespace arcus::bench {
namespace {

int fail(const Error& error, int status) {
  std::fprintf(stderr, "arcus-bench-load: %s\n", error.message.c_str());
  return status;
}

int run_all(const Options& options) {
  if (options.populate) {
    const auto populated = populate(options);
    if (!populated) return fail(populated.error(), 1);
    if (!options.json || !options.run) {
      const char* format = options.json
                               ? "{\"stored\": %llu, \"refused\": %llu, \"seconds\": %.3f}\n"
                               : "populated     %llu keys, %llu refused, in %.2f s\n";
      std::printf(format, static_cast<unsigned long long>(populated->stored),
                  static_cast<unsigned long long>(populated->refused), populated->seconds);
    }
  }
  if (!options.run) return 0;
  const auto outcome = run(options, Script::mixed(options));
  if (!outcome) return fail(outcome.error(), 1);
  const auto report =
      options.json ? report_json(options, *outcome) : report_text(options, *outcome);
  std::fputs(report.c_str(), stdout);
  const Tally& tally = outcome->tally;
  return tally.wrong + tally.errors + tally.unanswered > 0 ? 3 : 0;
}

}  // namespace
}  // namespace arcus::bench

int main(int argc, char** argv) {
  const auto options = arcus::bench::parse_options({argv + 1, argv + argc});
  if (!options) return arcus::bench::fail(options.error(), 2);
  if (options->help) {
    std::fputs(arcus::bench::options_help().c_str(), stdout);
    return 0;
  }
  return arcus::bench::run_all(*options);
}
