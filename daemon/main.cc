// arcus-memcached: a cache node. Listens, joins its cloud, serves, and leaves before it stops.
#include <poll.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <new>
#include <optional>
#include <thread>

#include "core/arcus/limits.h"
#include "core/base/log.h"
#include "core/zk/client.h"
#include "daemon/cloud_seat.h"
#include "daemon/farewell.h"
#include "daemon/logins.h"
#include "daemon/net/heartbeat.h"
#include "daemon/net/server.h"
#include "daemon/process.h"

namespace arcus::daemon {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kDrainTime{1000};
constexpr milliseconds kSweepPause{250};
// A join that is under way when the node is to stop gets this long to come to its end.
constexpr milliseconds kJoinGrace{2000};

// Arcus' clients look at the first two numbers for what the node can do, so these are those of the
// arcus-memcached whose protocol this is. No capital E: that is the enterprise edition to them.
constexpr const char* kProtocolVersion = "1.15.0-arcus-" ARCUS_VERSION;

int fail(const Error& error, int status) {
  log::error(error.message);
  return status;
}

int show(Config::Show what) {
  const std::string name = "arcus-memcached " ARCUS_VERSION "\n";
  std::string text;
  if (what == Config::Show::kHelp) text = name + help_text();
  if (what == Config::Show::kVersion) text = name;
  if (what == Config::Show::kLicense) text = name + "Licensed under the Apache License, 2.0.\n";
  std::fputs(text.c_str(), stdout);
  return 0;
}

// SIGTERM and SIGINT as something readable; blocked in every thread that is started later.
UniqueFd open_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  return UniqueFd(signalfd(-1, &set, SFD_CLOEXEC));
}

// Takes back the memory of what has expired, all the time, a little at a time.
class Sweeper {
 public:
  explicit Sweeper(Engine& engine) : thread_([this, &engine] { run(engine); }) {}
  ~Sweeper() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

 private:
  void run(Engine& engine) {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, kSweepPause, [this] { return stop_; })) {
      engine.sweep();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  std::thread thread_;
};

Status write_port_file(const Config& config, const std::vector<Listener>& listeners) {
  if (config.port_file.empty()) return {};
  // Whoever waits for the file must not read half of it.
  const std::string partial = config.port_file + ".lck";
  std::FILE* file = std::fopen(partial.c_str(), "w");
  if (file == nullptr) return errno_error("writing the port file " + partial, errno);
  for (const Listener& listener : listeners) {
    if (!listener.tcp) continue;
    std::fprintf(file, "TCP %s: %u\n", listener.v6 ? "INET6" : "INET", listener.port);
  }
  const bool written = std::fclose(file) == 0;
  if (!written || std::rename(partial.c_str(), config.port_file.c_str()) != 0) {
    return errno_error("writing the port file " + config.port_file, errno);
  }
  return {};
}

// Tells whoever started the process that it serves, and which session is its.
void tell_ready(const Config& config, const MembershipState& state) {
  if (config.ready_fd < 0) return;
  const UniqueFd fd(config.ready_fd);
  char line[512];
  const int size = std::snprintf(line, sizeof line, "ready %llx %s\n",
                                 static_cast<unsigned long long>(state.session_id),
                                 state.znode.empty() ? "-" : state.znode.c_str());
  if (write(fd.get(), line, static_cast<std::size_t>(size)) != size) {
    log::warning("nobody reads the descriptor of ARCUS_READY_FD");
  }
}

// Waits for one of two descriptors; whether it was the first.
bool first_readable(int first, int second, int timeout_ms) {
  pollfd polled[] = {{first, POLLIN, 0}, {second, POLLIN, 0}};
  while (poll(polled, second >= 0 ? 2 : 1, timeout_ms) < 0 && errno == EINTR) {
  }
  return (polled[0].revents & POLLIN) != 0;
}

// What the engine's commands ask of the cloud.
void connect_cloud(Engine& engine, CloudSeat& seat) {
  engine.cloud_state = [&seat] { return seat.state(); };
  engine.cloud_servers = [&seat] { return seat.servers(); };
  engine.set_cloud_servers = [&seat](const std::string& servers) {
    return seat.set_servers(servers);
  };
  engine.rejoin_cloud = [&seat] { return seat.rejoin(); };
}

// Until the node has joined or is asked to stop. A status: the process ends with it.
std::optional<int> join_cloud(const Config& config, CloudSeat& seat,
                              Authentication& authentication, int signals, bool& asked_to_stop) {
  seat.start_joining();
  asked_to_stop = first_readable(signals, seat.joined_fd(), -1);
  if (asked_to_stop) first_readable(seat.joined_fd(), -1, static_cast<int>(kJoinGrace.count()));
  if (!seat.joined()) {
    log::warning("stopping while still trying to join");
    _exit(0);
  }
  if (asked_to_stop) return std::nullopt;
  if (const auto error = seat.error()) return fail(error->in("joining the cloud"), kExitNotJoined);
  if (!config.must_log_in || authentication.on()) return std::nullopt;
  if (const Status status = authentication.turn_on(); !status) {
    seat.leave();
    return fail(status.error().in("-S"), EX_UNAVAILABLE);
  }
  return std::nullopt;
}

int serve(Engine& engine, std::vector<Listener> listeners, int signals) {
  const Config& config = engine.config();
  const std::uint16_t port = listeners.front().port;
  CloudSeat seat(engine, port);
  connect_cloud(engine, seat);
  engine.zk_library_version = zk::library_version();
  Authentication authentication(authentication_options(engine, seat));
  engine.authentication = &authentication;
  if (const Status status = require_logins(engine, authentication); !status) {
    return fail(status.error().in("-S"), EX_UNAVAILABLE);
  }
  Farewell farewell;
  engine.shut_down = [&farewell](std::optional<unsigned> wanted) { return farewell.ask(wanted); };
  Server server(engine, std::move(listeners));
  if (const Status status = server.start(); !status) return fail(status.error(), EX_OSERR);
  const Sweeper sweeper(engine);
  log::info("serving on port " + std::to_string(port) + " with " + std::to_string(config.threads) +
            " threads and " + std::to_string(config.memory_mb) + " MB");

  bool asked_to_stop = false;
  if (!config.zklist.empty()) {
    const auto ended = join_cloud(config, seat, authentication, signals, asked_to_stop);
    if (ended) return *ended;
  }
  std::optional<Heartbeat> heartbeat;
  if (!asked_to_stop) {
    if (!config.zklist.empty()) {
      heartbeat.emplace(engine, heartbeat_host(config), port, [&seat] {
        seat.leave();
        _exit(EX_SOFTWARE);
      });
    }
    tell_ready(config, seat.membership_state());
    first_readable(signals, -1, -1);
  }
  heartbeat.reset();
  log::info("stopping");
  seat.leave();
  server.stop_accepting();
  farewell.wait(engine.connections().current);
  server.drain(Deadline::in(kDrainTime));
  return 0;
}

// As the user that started the process: the directories of its files may be root's alone.
Status prepare_process(const Config& config, const std::vector<Listener>& listeners) {
  if (config.core_dumps) {
    // A cache without core files is better than none: sudo, for one, takes them from its children.
    if (const Status status = allow_core_dumps(); !status) log::warning(status.error().message);
  }
  if (config.daemonize) {
    if (const Status status = go_to_background(); !status) return status;
  }
  if (!config.pid_file.empty()) {
    if (const Status status = write_pid_file(config.pid_file); !status) return status;
  }
  return write_port_file(config, listeners);
}

int run(int argc, char** argv) {
  log::set_level(log::Level::kInfo);
  auto config = parse_command_line(argc, argv);
  if (!config) return fail(config.error(), EX_USAGE);
  if (config->show != Config::Show::kNothing) return show(config->show);
  if (const Status status = read_environment(*config); !status) {
    return fail(status.error(), EX_USAGE);
  }
  log::set_timestamps(true);
  for (const auto& notice : config->notices) log::warning(notice);

  const auto ceiling = raise_descriptor_limit(*config);
  if (!ceiling) return fail(ceiling.error(), EX_OSERR);
  // Ports below 1024 need root, so listening comes before the change of user; a UNIX socket should
  // belong to the user.
  const bool unix_socket = !config->unix_socket.empty();
  if (unix_socket) {
    if (const Status status = become_user(config->user); !status) {
      return fail(status.error(), EX_NOUSER);
    }
  }
  auto listeners = open_listeners(*config);
  if (!listeners) return fail(listeners.error(), EX_OSERR);
  if (const Status status = prepare_process(*config, *listeners); !status)
    return fail(status.error(), EX_OSERR);
  if (const Status status = become_user(config->user); !status) {
    return fail(status.error(), EX_NOUSER);
  }
  if (config->core_dumps) keep_dumpable();
  if (geteuid() == 0) log::warning("running as root; -u names a user to become instead");

  tune_heap();
  const UniqueFd signals = open_signals();
  const std::string pid_file = config->pid_file;
  const bool lock = config->lock_memory;
  config->port = listeners->front().port;
  const std::size_t megabytes = config->memory_mb;
  std::optional<Engine> engine;
  try {
    engine.emplace(std::move(*config), kProtocolVersion);
  } catch (const std::bad_alloc&) {
    return fail(invalid("-m " + std::to_string(megabytes) +
                        ": this machine cannot set aside so many megabytes"),
                EX_OSERR);
  }
  engine->connection_ceiling = *ceiling;
  if (lock) {
    if (const Status status = lock_memory(); !status) log::warning(status.error().message);
  }
  const int status = serve(*engine, std::move(*listeners), signals.get());
  if (!pid_file.empty()) unlink(pid_file.c_str());
  return status;
}

}  // namespace
}  // namespace arcus::daemon

int main(int argc, char** argv) {
  return arcus::daemon::run(argc, argv);
}
