#include "daemon/command/engine.h"

#include <random>

#include "core/base/log.h"

namespace arcus::daemon {
namespace {

StoreOptions store_options(const Config& config) {
  std::random_device random;
  StoreOptions options;
  options.memory_limit = config.memory_mb << 20;
  options.sticky_limit = config.sticky_mb << 20;
  options.value_limit = config.value_limit;
  options.evict = config.evict;
  options.hash_seed = (static_cast<std::uint64_t>(random()) << 32) | random();
  return options;
}

Seconds seconds_of(Clock::Wall wall) {
  return static_cast<Seconds>(std::chrono::system_clock::to_time_t(wall));
}

}  // namespace

Engine::Engine(Config config, std::string version, const Clock& clock)
    : config_(std::move(config)),
      version_(std::move(version)),
      clock_(clock),
      steady_start_(clock.now()),
      started_(seconds_of(clock.wall())),
      store_(store_options(config_)) {
  set_verbosity(config_.verbosity);
  settings_.connections = config_.connections;
  settings_.memory_mb = config_.memory_mb;
  connection_ceiling = config_.connections;
}

Seconds Engine::now() const {
  const auto passed = clock_.now() - steady_start_;
  return started_ +
         static_cast<Seconds>(std::chrono::duration_cast<std::chrono::seconds>(passed).count());
}

ThreadStats& Engine::new_thread_stats() {
  const std::lock_guard lock(stats_mutex_);
  thread_stats_.push_back(std::make_unique<ThreadStats>());
  return *thread_stats_.back();
}

CommandStats Engine::sum() const {
  CommandStats sum;
  for (const auto& thread : thread_stats_) {
#define STAT(name) sum.name += thread->name.get();
#include "daemon/stats.def"
#undef STAT
  }
  return sum;
}

CommandStats Engine::command_stats() const {
  const std::lock_guard lock(stats_mutex_);
  CommandStats stats = sum();
#define STAT(name) stats.name -= forgotten_.name;
#include "daemon/stats.def"
#undef STAT
  return stats;
}

void Engine::reset_stats() {
  {
    const std::lock_guard lock(stats_mutex_);
    forgotten_ = sum();
  }
  store_.reset_stats();
  detail_.clear();
  connections_.total = 0;
  connections_.rejected = 0;
}

void Engine::set_attention(unsigned bit, bool wanted) {
  if (wanted) {
    attention_ |= bit;
  } else {
    attention_ &= ~bit;
  }
}

void Engine::sweep() {
  store_.sweep(now());
  prefix_flushes_.carry_out(store_, config_.prefix_delimiter, now());
}

void Engine::set_verbosity(unsigned level) {
  settings_.verbosity = level;
  log::set_level(level >= 1 ? log::Level::kDebug : log::Level::kInfo);
}

bool Engine::set_memory_mb(std::size_t megabytes) {
  // Sticky items are never evicted: below their limit there might be nothing else to give back.
  if (megabytes < config_.sticky_mb || megabytes > store_.memory_ceiling() >> 20) return false;
  settings_.memory_mb = megabytes;
  store_.set_memory_limit(megabytes << 20);
  return true;
}

}  // namespace arcus::daemon
