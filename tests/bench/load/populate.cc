#include "tests/bench/load/populate.h"

#include <algorithm>

#include "tests/bench/load/run.h"
#include "tests/bench/load/script.h"
#include "tests/bench/load/time.h"

namespace arcus::bench {
namespace {

constexpr std::size_t kPieceBytes = 16 << 20;

}  // namespace

Result<Populated> populate(const Options& options) {
  // One connection, so that it goes through all requests of a piece, each once.
  Options settings = options;
  settings.connections = 1;
  settings.threads = 1;
  settings.depth = 64;
  settings.sliding = false;
  settings.rate = 0;
  settings.verify = false;
  settings.server_pid = 0;

  const std::size_t request = options.sizes.key + options.sizes.value_max + 40;
  const std::size_t piece = std::max<std::size_t>(kPieceBytes / request, 1);
  const Nanoseconds begun = now_ns();
  Populated sum;
  const std::size_t end = std::size_t{options.first_key} + options.keys;
  for (std::size_t first = options.first_key; first < end; first += piece) {
    const std::size_t last = std::min(first + piece, end);
    const Script script = Script::sets(settings, first, last);
    settings.operations = script.size();
    auto ran = run(settings, script);
    if (!ran) return ran.error().in("setting every key");
    sum.stored += ran->tally.done;
    sum.refused += ran->tally.not_done + ran->tally.errors;
    if (ran->tally.done == 0) {
      return Error{ErrorCode::kRemote, "setting every key: " + ran->tally.first_error, false};
    }
  }
  sum.seconds = static_cast<double>(now_ns() - begun) / 1e9;
  return sum;
}

}  // namespace arcus::bench
