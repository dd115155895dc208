#include "daemon/command/engine.h"

#include <algorithm>
#include <random>

#include "core/arcus/names.h"
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
  options.hash_seed = config.hash_seed != 0
                          ? config.hash_seed
                          : (static_cast<std::uint64_t>(random()) << 32) | random();
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
  limits_.list_size = config_.max_list_size;
  limits_.set_size = config_.max_set_size;
  limits_.map_size = config_.max_map_size;
  limits_.btree_size = config_.max_btree_size;
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

unsigned Engine::set_attention(unsigned bit, bool wanted) {
  return wanted ? attention_ |= bit : attention_ &= ~bit;
}

void Engine::sweep() {
  store_.sweep(now());
  prefix_flushes_.carry_out(store_, config_.prefix_delimiter, now());
  const Seconds due = stale_scrub_at_;
  if (due == 0 || now() < due) return;
  // One that somebody asked for is let finish first.
  if (start_scrub(true) != ScrubStart::kBusy) stale_scrub_at_ = 0;
}

Engine::ScrubStart Engine::start_scrub(bool stale) {
  std::shared_ptr<const Placement> placement;
  if (stale) {
    const std::string self = cloud_state ? cloud_state().address : "";
    const std::lock_guard lock(cloud_mutex_);
    // A node that is not of its cloud would find everything stale.
    if (std::find(cloud_nodes_.begin(), cloud_nodes_.end(), self) == cloud_nodes_.end()) {
      return ScrubStart::kNotSupported;
    }
    placement = std::make_shared<const Placement>(Placement{Ring(cloud_nodes_), self});
  }
  const bool started = scrub_.start(
      store_, [this] { return now(); }, std::move(placement),
      [this] { return settings_.scrub_count.load(); });
  if (started) log::info(stale ? "scrubbing stale items" : "scrubbing");
  return started ? ScrubStart::kStarted : ScrubStart::kBusy;
}

void Engine::set_cloud_nodes(const std::vector<std::string>& children) {
  std::vector<std::string> nodes;
  for (const auto& child : children) nodes.emplace_back(node_address(child));
  std::sort(nodes.begin(), nodes.end());
  const std::lock_guard lock(cloud_mutex_);
  const bool has_come = !std::includes(cloud_nodes_.begin(), cloud_nodes_.end(), nodes.begin(),
                                       nodes.end());
  const auto wait = static_cast<Seconds>(config_.session_timeout.count());
  if (has_come && !cloud_nodes_.empty()) stale_scrub_at_ = now() + wait;
  cloud_nodes_ = std::move(nodes);
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
