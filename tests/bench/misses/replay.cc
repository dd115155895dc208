#include "tests/bench/misses/replay.h"

#include <algorithm>
#include <utility>

#include "tests/bench/load/random.h"
#include "tests/bench/misses/cache_connection.h"

namespace arcus::bench::misses {
namespace {

constexpr std::uint64_t kThousand = 1000;

struct Batch {
  std::vector<Request> gets;
  std::vector<std::uint64_t> numbers;  // by get: which request of the trace it is

  void add(const Request& request, std::uint64_t number) {
    gets.push_back(request);
    numbers.push_back(number);
  }
};

// One connection with its share of the keys.
struct Lane {
  CacheConnection connection;
  std::vector<Request> sets;  // what the batch before `sent` missed; they went out with it
  Batch sent;
  Batch next;

  bool idle() const { return sets.empty() && sent.gets.empty() && next.gets.empty(); }
};

bool has(const std::vector<Request>& requests, std::uint64_t key) {
  return std::any_of(requests.begin(), requests.end(),
                     [&](const Request& one) { return one.key == key; });
}

// Reads the answers to what was sent, and has the next batch begin with sets of what was missed. A
// key that is asked for twice in a batch counts as missed once: the second time it would have been
// there, and is asked for again, behind its set.
Status finish_batch(Lane& lane, Counts& counts) {
  const auto answers = lane.connection.receive(lane.sets, lane.sent.gets);
  if (!answers) return answers.error();
  counts.refused += answers->refused;
  lane.sets.clear();
  const Batch sent = std::exchange(lane.sent, {});
  const Batch waiting = std::exchange(lane.next, {});
  for (std::size_t i = 0; i < sent.gets.size(); ++i) {
    if (answers->hits[i]) continue;
    if (has(lane.sets, sent.gets[i].key)) {
      lane.next.add(sent.gets[i], sent.numbers[i]);
      continue;
    }
    ++counts.misses_by_thousand[sent.numbers[i] / kThousand];
    lane.sets.push_back(sent.gets[i]);
  }
  for (std::size_t i = 0; i < waiting.gets.size(); ++i) {
    lane.next.add(waiting.gets[i], waiting.numbers[i]);
  }
  return {};
}

Status send_batch(Lane& lane) {
  lane.sent = std::exchange(lane.next, {});
  return lane.connection.send(lane.sets, lane.sent.gets);
}

bool all_idle(const std::vector<Lane>& lanes) {
  return std::all_of(lanes.begin(), lanes.end(), [](const Lane& lane) { return lane.idle(); });
}

// Deals the trace's next requests out to the lanes; false when it is over.
bool ask_next(Trace& trace, std::uint32_t count, std::vector<Lane>& lanes, Counts& counts) {
  bool more = true;
  Request request;
  for (std::uint32_t i = 0; i < count && (more = trace.next(request)); ++i) {
    lanes[mix(request.key) % lanes.size()].next.add(request, counts.requests++);
  }
  counts.misses_by_thousand.resize((counts.requests + kThousand - 1) / kThousand);
  return more;
}

}  // namespace

void Counts::drop_warm_up(double share) {
  const auto first =
      static_cast<std::size_t>(static_cast<double>(misses_by_thousand.size()) * share);
  requests -= std::min<std::uint64_t>(first * kThousand, requests);
  misses_by_thousand.erase(misses_by_thousand.begin(),
                           misses_by_thousand.begin() + static_cast<std::ptrdiff_t>(first));
  misses = 0;
  for (const std::uint32_t each : misses_by_thousand) misses += each;
}

double Counts::ratio() const {
  return requests == 0 ? 0 : static_cast<double>(misses) / static_cast<double>(requests);
}

Result<Counts> replay(Trace& trace, const HostPort& server, const ReplayOptions& options) {
  std::vector<Lane> lanes;
  for (std::uint32_t i = 0; i < options.connections; ++i) {
    Result<CacheConnection> opened = CacheConnection::open(server);
    if (!opened) return opened.error();
    lanes.push_back({std::move(*opened), {}, {}, {}});
  }
  Counts counts;
  bool over = false;
  for (std::size_t turn = 0; !over || !all_idle(lanes); ++turn) {
    Lane& lane = lanes[turn % lanes.size()];
    if (const Status done = finish_batch(lane, counts); !done) return done.error();
    over = !ask_next(trace, options.batch, lanes, counts);
    if (const Status sent = send_batch(lane); !sent) return sent.error();
  }
  counts.drop_warm_up(0);
  return counts;
}

}  // namespace arcus::bench::misses
