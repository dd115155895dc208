// The verb start: one supervisor for a node, made only if there is none that does its work.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/log.h"
#include "core/base/text.h"
#include "daemon/supervisor/limits.h"
#include "daemon/supervisor/listeners.h"
#include "daemon/supervisor/log_file.h"
#include "daemon/supervisor/observe.h"
#include "daemon/supervisor/process.h"
#include "daemon/supervisor/run_dir.h"
#include "daemon/supervisor/supervisor.h"
#include "daemon/supervisor/verbs.h"
#include "daemon/supervisor/wish.h"

namespace arcus::daemon {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kShownCommand = 120;  // bytes of a stranger's command line, in a message

// What a start has to say when it doesn't end with a supervisor of its own making.
struct Refusal {
  int exit_status = kFailed;
  std::string line;
};

struct Launch {
  RunDir& run;
  Spec spec;
  Want want;
  Identity identity;
  std::optional<NodeStatus> adopt;
  UniqueFd verb_lock;  // ends with this process
  UniqueFd lock;       // goes to the supervisor
};

Refusal refuse(const std::string& node, const Error& error) {
  return {kFailed, encode_error(node, error)};
}

std::optional<Refusal> check_port(const Spec& spec) {
  const auto address = parse_host_port(spec.node);
  for (const auto& listener : find_listeners(address->port)) {
    if (!in_the_way(listener, spec.argv)) continue;
    const int pid = listener.process.pid;
    const std::string who = pid != 0 ? "process " + std::to_string(pid) : "a process";
    std::string command = join(listener.argv, " ");
    if (command.size() > kShownCommand) command = command.substr(0, kShownCommand) + "...";
    const nlohmann::ordered_json json = {
        {"node", spec.node},
        {"error", "port " + std::to_string(address->port) + " is taken by " + who + " of user " +
                      listener.user + (command.empty() ? "" : ": " + command)},
        {"pid", pid},
        {"start_time", listener.process.start_time},
        {"user", listener.user},
        {"command", command}};
    return Refusal{kPortTaken,
                   json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)};
  }
  return std::nullopt;
}

// Everything of the caller's that a daemon must not hold on to: its descriptors (ssh waits for
// those), terminal, signal settings. All of our own descriptors close on exec, so those that came
// through the exec of this program are the caller's.
void leave_caller(int log_fd) {
  ::umask(022);
  for (const int signal : {SIGPIPE, SIGCHLD}) ::signal(signal, SIG_DFL);
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  ::dup2(null.get(), 0);
  ::dup2(log_fd, 1);
  ::dup2(log_fd, 2);
  const int limit = static_cast<int>(std::min(::sysconf(_SC_OPEN_MAX), 65536L));
  for (int fd = 3; fd < limit; ++fd) {
    const int flags = ::fcntl(fd, F_GETFD);
    if (flags >= 0 && (flags & FD_CLOEXEC) == 0) ::close(fd);
  }
}

Status settle_in(const Launch& launch, std::vector<Error>& warnings) {
  if (launch.spec.nofile != 0) {
    if (auto limited = limit_open_files(launch.spec.nofile); !limited) return limited;
  }
  if (launch.spec.memory_max != 0) {
    auto bounded = bound_memory(launch.spec.node, launch.spec.memory_max);
    if (!bounded) warnings.push_back(bounded.error().in("bounding the memory"));
  }
  // Those that may not are told nothing: there is nothing they could do about it.
  [[maybe_unused]] const auto spared = spare_from_oom();
  if (auto changed = become(launch.identity); !changed) return changed;
  if (::chdir(launch.run.path("").c_str()) != 0) return errno_error(launch.run.path(""), errno);
  return {};
}

// The supervisor's whole life. `report` is where the caller waits for a word: empty is success.
int supervise(Launch& launch, UniqueFd log, UniqueFd report) {
  block_supervisor_signals();
  launch.verb_lock.reset();
  const auto say = [&](const std::string& text) {
    [[maybe_unused]] const auto written = ::write(report.get(), text.data(), text.size());
    report.reset();
  };
  std::vector<Error> warnings;
  if (const auto settled = settle_in(launch, warnings); !settled) {
    say(settled.error().message);
    return kFailed;
  }
  log::set_descriptor(log.get());
  log::set_level(log::Level::kInfo);
  log::set_timestamps(true);
  for (const auto& warning : warnings) log::warning(warning.message);
  Supervisor supervisor(launch.run, launch.spec, std::move(log));
  supervisor.run(launch.adopt, [&] { say("started"); });
  return kDone;
}

// Twice forked, so that the supervisor has no terminal and no parent that must reap it.
Result<std::string> daemonize(Launch& launch) {
  auto log = open_log(launch.run.log_path());
  if (!log) return log.error();
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno_error("pipe", errno);
  UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return errno_error("fork", errno);
  if (child == 0) {
    ::setsid();
    if (::fork() != 0) ::_exit(0);
    leave_caller(log->get());
    reader.reset();
    ::_exit(supervise(launch, *std::move(log), std::move(writer)));
  }
  writer.reset();
  ::waitpid(child, nullptr, 0);
  std::string word;
  std::array<char, 512> piece{};
  for (ssize_t got = 0; (got = ::read(reader.get(), piece.data(), piece.size())) != 0;) {
    if (got > 0) word.append(piece.data(), static_cast<std::size_t>(got));
    if (got < 0 && errno != EINTR) return errno_error("waiting for the supervisor", errno);
  }
  return word;
}

// An engine that runs without a supervisor is taken over as it is, or helped to its end if it was
// being stopped when its supervisor died.
Status look_for_engine(Launch& launch) {
  const RunDir& run = launch.run;
  const auto before = run.status();
  if (!before || !engine_runs(run, *before)) return {};
  if (before->state == State::kStopping) {
    auto process = open_process(before->engine);
    if (!process) return {};
    return end_process(*process, launch.spec.grace);
  }
  // As the engine's user, whatever is asked now: else the options, which that user could have
  // rewritten, would one day be run by another.
  auto identity = find_identity(run.owner());
  if (!identity) return identity.error();
  launch.identity = *std::move(identity);
  launch.adopt = *before;
  if (auto spec = run.spec()) launch.spec = *std::move(spec);
  return {};
}

// With the run directory's lock in hand: no supervisor lives.
std::optional<Refusal> launch_supervisor(Launch& launch, StatusView& view) {
  const std::string& node = launch.run.node();
  if (auto looked = look_for_engine(launch); !looked) {
    return refuse(node, looked.error().in("the engine that runs without a supervisor"));
  }
  if (!launch.adopt) {
    if (auto taken = check_port(launch.spec)) return taken;
  }
  Status ready = launch.run.give_to(launch.identity);
  if (ready && !launch.adopt) ready = launch.run.write_spec(launch.spec);
  if (ready) ready = launch.run.write_wish({launch.want, {}});
  if (!ready) return refuse(node, ready.error());
  const auto word = daemonize(launch);
  if (!word) return refuse(node, word.error().in("starting the supervisor"));
  if (*word != "started") {
    const std::string reason = word->empty() ? "it ended at once (see its log)" : *word;
    return refuse(node, {ErrorCode::kIo, "starting the supervisor: " + reason});
  }
  view = observe(launch.run);
  view.already = false;
  view.adopted = launch.adopt.has_value();
  return std::nullopt;
}

bool failing(const NodeStatus& status) {
  return status.state == State::kBackingOff || status.state == State::kGivenUp ||
         (status.state == State::kStarting && status.failures > 0);
}

// Until there is no other supervisor, or one that does what is asked. A failing one is told to go:
// only a new supervisor has the new options, the new user and the new program.
std::optional<Refusal> take_over(Launch& launch, StatusView& view) {
  const RunDir& run = launch.run;
  bool told = false;
  const Deadline deadline = Deadline::in(launch.spec.grace + 10s);
  while (true) {
    auto lock = run.lock("lock", 0ms);
    if (lock) {
      launch.lock = *std::move(lock);
      return launch_supervisor(launch, view);
    }
    if (lock.error().code != ErrorCode::kConflict) return refuse(run.node(), lock.error());
    view = observe(run);
    const State state = view.status.state;
    const bool settled = state != State::kStopping && state != State::kStopped;
    if (view.wanted != Want::kDown && view.supervisor_alive && settled && !told) {
      view.already = true;
      if (view.wanted != launch.want) {
        if (auto wished = wish(run, launch.want); !wished) return refuse(run.node(), wished.error());
        view = observe(run);
        view.already = true;
      }
      if (!failing(view.status)) return std::nullopt;
      auto supervisor = open_process(view.status.supervisor);
      if (supervisor) {
        if (auto sent = send_signal(*supervisor, SIGTERM); !sent) {
          return refuse(run.node(), sent.error().in("replacing the supervisor"));
        }
        told = true;
      }
    }
    if (deadline.passed()) {
      return refuse(run.node(), {ErrorCode::kTimeout, "its supervisor is ending and does not end"});
    }
    std::this_thread::sleep_for(20ms);
  }
}

}  // namespace

int verb_start(const std::string& dir, const Spec& spec, Want want, std::ostream& out) {
  const auto fail = [&](const Error& error) {
    out << encode_error(spec.node, error) << std::endl;
    return kFailed;
  };
  auto identity = find_identity(spec.user);
  if (!identity) return fail(identity.error());
  auto run = RunDir::make(dir, spec.node);
  if (!run) return fail(run.error());
  auto verb_lock = run->lock("verb.lock", spec.grace + 20s);
  if (!verb_lock) return fail(verb_lock.error());
  Launch launch{*run, spec, want, *identity, std::nullopt, *std::move(verb_lock), UniqueFd()};
  StatusView view;
  if (const auto refused = take_over(launch, view)) {
    out << refused->line << std::endl;
    return refused->exit_status;
  }
  out << encode_view(view) << std::endl;
  return kDone;
}

}  // namespace arcus::daemon
