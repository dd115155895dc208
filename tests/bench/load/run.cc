#include "tests/bench/load/run.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <memory>
#include <thread>
#include <vector>

#include "tests/bench/load/cpu_time.h"
#include "tests/bench/load/time.h"
#include "tests/bench/load/worker.h"

namespace arcus::bench {
namespace {

using Workers = std::vector<std::unique_ptr<Worker>>;

// The part of `whole` that is the i-th of `parts`' own.
std::uint64_t part(std::uint64_t whole, std::size_t i, std::size_t parts) {
  return whole * (i + 1) / parts - whole * i / parts;
}

Workers make_workers(const Options& options, const Script& script) {
  Workers workers;
  std::size_t first = 0;
  for (std::size_t i = 0; i < options.threads; ++i) {
    Share share;
    share.connections = part(options.connections, i, options.threads);
    share.first_connection = first;
    share.operations = part(options.operations, i, options.threads);
    share.rate = options.rate / static_cast<double>(options.threads);
    share.seed = options.seed + i;
    first += share.connections;
    workers.push_back(std::make_unique<Worker>(options, script, share));
  }
  return workers;
}

// Everything that grows during a run, at one moment.
struct Sample {
  Nanoseconds time = 0;
  Nanoseconds server = 0;
  Nanoseconds client = 0;
  std::uint64_t answered = 0;
};

Result<Sample> sample(const Options& options, const Workers& workers) {
  Sample now;
  if (options.server_pid > 0) {
    auto server = cpu_time_of(options.server_pid);
    if (!server) return server.error();
    now.server = *server;
  }
  timespec client{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &client);
  now.client = client.tv_sec * Nanoseconds{1'000'000'000} + client.tv_nsec;
  now.time = now_ns();
  for (const auto& worker : workers) now.answered += worker->answered();
  return now;
}

// Or until a worker has broken off.
void sleep_until(Nanoseconds time, const Workers& workers) {
  constexpr Nanoseconds kStep = 100'000'000;
  const auto ended = [](const auto& worker) { return worker->ended(); };
  for (Nanoseconds now = now_ns(); now < time; now = now_ns()) {
    if (std::any_of(workers.begin(), workers.end(), ended)) return;
    std::this_thread::sleep_for(std::chrono::nanoseconds(std::min(time - now, kStep)));
  }
}

}  // namespace

Result<Outcome> run(const Options& options, const Script& script) {
  const bool timed = options.operations == 0;
  Workers workers = make_workers(options, script);
  for (auto& worker : workers) {
    if (auto connected = worker->connect(); !connected) return connected.error();
  }
  Window window;
  if (timed) {
    window.begin = now_ns() + ns_of(options.warmup);
    window.end = window.begin + ns_of(options.seconds);
  }
  auto before = sample(options, workers);
  for (auto& worker : workers) worker->start(window);
  auto after = before;
  if (timed) {
    sleep_until(window.begin, workers);
    before = sample(options, workers);
    sleep_until(window.end, workers);
    after = sample(options, workers);
    for (auto& worker : workers) worker->stop();
  }
  Status failed;
  for (auto& worker : workers) {
    if (auto joined = worker->join(); !joined) failed = joined;
  }
  if (!failed) return failed.error();
  if (!timed) after = sample(options, workers);
  if (!before || !after) return before ? after.error() : before.error();

  Outcome outcome;
  for (const auto& worker : workers) outcome.tally.add(worker->tally());
  outcome.seconds = static_cast<double>(after->time - before->time) / 1e9;
  outcome.requests = after->answered - before->answered;
  outcome.client_busy = static_cast<double>(after->client - before->client) / 1e9 / outcome.seconds;
  if (options.server_pid > 0 && outcome.requests > 0) {
    outcome.server_cpu_us = static_cast<double>(after->server - before->server) / 1e3 /
                            static_cast<double>(outcome.requests);
  }
  return outcome;
}

}  // namespace arcus::bench
