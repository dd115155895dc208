#include "daemon/supervisor/supervisor.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "core/base/log.h"
#include "daemon/supervisor/log_file.h"
#include "daemon/supervisor/process.h"

namespace arcus::daemon {
namespace {

constexpr std::chrono::seconds kLogCheck{10};
constexpr std::size_t kLastWords = 8;
const std::string kOwnName = "arcus-supervise ";

sigset_t supervisor_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGHUP, SIGTERM, SIGINT}) sigaddset(&set, signal);
  return set;
}

std::string seconds(std::chrono::milliseconds span) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f s", static_cast<double>(span.count()) / 1000);
  return text.data();
}

}  // namespace

double unix_seconds() {
  return std::chrono::duration<double>(Clock::real().wall().time_since_epoch()).count();
}

void block_supervisor_signals() {
  const sigset_t set = supervisor_signals();
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
}

Supervisor::Supervisor(const RunDir& run, Spec spec, UniqueFd log)
    : run_(run),
      spec_(std::move(spec)),
      log_(std::move(log)),
      prober_(spec_.probe, spec_.hang),
      random_(std::random_device()()) {
  const sigset_t set = supervisor_signals();
  signals_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  status_.node = run_.node();
  status_.log = run_.log_path();
  status_.supervisor = find_process(::getpid()).value_or(ProcessId{});
  status_.boot_id = boot_id();
}

void Supervisor::run(const std::optional<NodeStatus>& before,
                     const std::function<void()>& started) {
  next_log_check_ = Clock::real().now() + kLogCheck;
  auto socket = StatusSocket::listen(std::string(kStatusSocket));
  if (socket) {
    socket_ = std::move(*socket);
  } else {
    note(socket.error().message);
  }
  if (spec_.engine == kStockEngine && !spec_.zklist.empty()) seat_ = make_seat(run_, spec_);
  begin(before);
  started();
  while (!quit_) wait();
}

void Supervisor::begin(const std::optional<NodeStatus>& before) {
  if (const auto wish = run_.wish()) wanted_ = wish->want;
  if (!before) return handle(Event::kLaunched);
  auto engine = Engine::adopt(before->engine, before->ready_pipe);
  status_.restarts = before->restarts;
  status_.last_exit = before->last_exit;
  status_.last_died = before->last_died;
  status_.last_words = before->last_words;
  started_before_ = true;
  if (!engine) {
    note("the engine left by an earlier supervisor is gone; starting it");
    return handle(Event::kLaunched);
  }
  engine_ = std::move(*engine);
  status_.session = before->session;
  status_.znode = before->znode;
  note("adopted engine " + std::to_string(engine_->id().pid));
  status_.said_ready = before->said_ready;
  if (status_.said_ready || spec_.engine != kBundledEngine) prober_.watch(Clock::real().now());
  const bool was_ready = before->state == State::kReady || before->state == State::kFailing;
  handle(was_ready ? Event::kAdoptedReady : Event::kAdopted);
  if (was_ready) status_.since = before->since;
  publish();
}

void Supervisor::handle(Event event) {
  events_.push_back(event);
  handle_all();
}

void Supervisor::handle_all() {
  while (!events_.empty() && !quit_) {
    const Transition then = decide(status_.state, events_.front());
    events_.pop_front();
    enter(then.next);
    for (const Action action : then.actions) perform(action);
    publish();
  }
}

void Supervisor::enter(State state) {
  if (state == status_.state && status_.since != 0) return;
  timers_.clear();
  status_.state = state;
  status_.since = static_cast<std::int64_t>(unix_seconds());
  status_.retry_at = 0;
  if (state == State::kStopping) {
    prober_.stop();
    if (seat_) seat_->leave();  // before the engine: clients go elsewhere first
  }
  if (state == State::kGivenUp) note("it keeps dying without ever being ready: given up");
}

void Supervisor::died(const Engine::End& end) {
  status_.last_exit = end.text + (killed_because_.empty() ? "" : "; " + killed_because_);
  status_.last_died = static_cast<std::int64_t>(unix_seconds());
  status_.last_words = last_words();
  const bool held = wanted_ == Want::kOnce || wanted_ == Want::kPaused;
  const bool asked = status_.state == State::kStopping || held;
  Backoff::Verdict verdict;
  if (!asked) {
    const bool served = status_.state == State::kReady || status_.state == State::kFailing;
    const double random = static_cast<double>(random_() % 1'000'000) / 1'000'000;
    verdict = backoff_.died({end.exit_status, served}, Clock::real().now(), random);
    delay_ = verdict.delay;
  }
  const bool again = !asked && !verdict.give_up;
  note("engine ended: " + status_.last_exit + (again ? "; next try in " + seconds(delay_) : ""));
  events_.push_back(wanted_ == Want::kOnce     ? Event::kDiedOnce
                    : wanted_ == Want::kPaused ? Event::kDiedPaused
                    : verdict.give_up          ? Event::kDiedTooOften
                                               : Event::kDied);
}

void Supervisor::engine_ended() {
  engine_said();  // it may have been ready for a moment, which makes it another kind of death
  prober_.stop();
  if (seat_) seat_->leave();
  const Engine::End end = engine_->reap();
  engine_.reset();
  died(end);
  handle_all();
}

void Supervisor::engine_said() {
  const auto ready = engine_->read_ready();
  if (!ready) return;
  status_.session = ready->session;
  status_.znode = ready->znode;
  status_.said_ready = true;
  if (prober_.configured()) return prober_.watch(Clock::real().now());  // seeing is believing
  backoff_.became_ready();
  handle(Event::kSaidReady);
}

void Supervisor::wait() {
  auto until = next_log_check_;
  for (const auto& [timer, at] : timers_) until = std::min(until, at);
  if (const auto next = prober_.next()) until = std::min(until, *next);
  std::array<pollfd, 6> fds = {{{signals_.get(), POLLIN, 0},
                                {engine_ ? engine_->pidfd().get() : -1, POLLIN, 0},
                                {engine_ ? engine_->ready_fd().get() : -1, POLLIN, 0},
                                {prober_.fd(), prober_.events(), 0},
                                {socket_ ? socket_->fd() : -1, POLLIN, 0},
                                {seat_ ? seat_->fd() : -1, POLLIN, 0}}};
  const auto left = Deadline(until).left();
  if (::poll(fds.data(), fds.size(), static_cast<int>(left.count())) > 0) {
    if (fds[0].revents != 0) read_signals();
    if (fds[2].revents != 0 && engine_ && !quit_) engine_said();
    if (fds[3].revents != 0 && engine_ && !quit_) found(prober_.on_ready(Clock::real().now()));
    if (fds[1].revents != 0 && engine_ && !quit_) engine_ended();
    if (fds[4].revents != 0) answer_status();
    if (fds[5].revents != 0 && !quit_) seat_changed();
  }
  if (!quit_) fire_timers();
}

void Supervisor::fire_timers() {
  static const std::map<Timer, Event> kMeaning = {{Timer::kRetry, Event::kRetryDue},
                                                  {Timer::kGrace, Event::kGraceOver},
                                                  {Timer::kStart, Event::kStartOver},
                                                  {Timer::kSettled, Event::kSettled}};
  const auto now = Clock::real().now();
  found(prober_.on_time(now));
  for (const auto& [timer, event] : kMeaning) {
    const auto armed = timers_.find(timer);
    if (armed == timers_.end() || armed->second > now) continue;
    timers_.erase(armed);
    handle(event);
    if (quit_) return;
  }
  if (now >= next_log_check_) {
    next_log_check_ = now + kLogCheck;
    check_log();
  }
}

void Supervisor::read_signals() {
  signalfd_siginfo info{};
  while (!quit_ && ::read(signals_.get(), &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGHUP) {
      read_wish();
    } else {
      grace_ = spec_.grace;
      handle(Event::kTerminated);
    }
  }
}

void Supervisor::read_wish() {
  const auto wish = run_.wish();
  if (!wish) return note("changing nothing: " + wish.error().message);
  grace_ = wish->grace.value_or(spec_.grace);
  wanted_ = wish->want;
  handle(wanted_ == Want::kDown     ? Event::kWantedDown
         : wanted_ == Want::kPaused ? Event::kWantedPaused
                                    : Event::kWantedUp);
}

void Supervisor::publish() {
  status_.service = spec_.service;
  status_.release = spec_.release;
  status_.argv = spec_.argv;
  status_.engine = engine_ ? engine_->id() : ProcessId{};
  status_.ready_pipe = engine_ ? engine_->ready_pipe() : 0;
  status_.failures = backoff_.failures();
  if (!engine_) {
    status_.session.clear();
    status_.znode.clear();
    status_.trouble.clear();
    status_.said_ready = false;
  }
  if (status_ == published_) return;
  published_ = status_;
  // A full disk must not keep a node from being supervised.
  if (const auto written = run_.write_status(status_); !written) note(written.error().message);
}

void Supervisor::answer_status() {
  StatusView view;
  view.status = status_;
  view.wanted = wanted_;
  view.supervisor_alive = true;
  socket_->answer(encode_view(view));
}

// What the engine itself said: the log has our own lines too.
std::vector<std::string> Supervisor::last_words() const {
  auto words = last_lines(run_.log_path(), kLastWords * 2);
  std::erase_if(words, [](const auto& line) { return line.find(kOwnName) != std::string::npos; });
  if (words.size() > kLastWords) words.erase(words.begin(), words.end() - kLastWords);
  return words;
}

void Supervisor::check_log() {
  const auto capped = cap_log(log_, run_.log_path(), spec_.log_bytes);
  if (!capped) note(capped.error().message);
}

void Supervisor::note(const std::string& line) const {
  log::info(kOwnName + run_.node() + ": " + line);
}

}  // namespace arcus::daemon
