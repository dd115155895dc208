// Supervisor: the process layer around the table in machine.h. It runs one engine for one node in
// one thread, tells on disk what is, and ends when the node is no longer wanted here.
//
//   SIGHUP   read `wanted` again (and spec.json, where the engine is to be started anew)
//   SIGTERM  end the engine gracefully and leave; what is wanted stays as it was
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "core/base/clock.h"
#include "core/base/unique_fd.h"
#include "daemon/supervisor/backoff.h"
#include "daemon/supervisor/engine.h"
#include "daemon/supervisor/machine.h"
#include "daemon/supervisor/prober.h"
#include "daemon/supervisor/proxy_seat.h"
#include "daemon/supervisor/run_dir.h"
#include "daemon/supervisor/status_socket.h"

namespace arcus::daemon {

// The signals it reads from a signalfd; blocked before it comes to life, lest one is lost.
void block_supervisor_signals();

double unix_seconds();  // of the wall clock
// For an engine that takes no seat itself.
std::unique_ptr<ProxySeat> make_seat(const RunDir& run, const Spec& spec);

class Supervisor {
 public:
  Supervisor(const RunDir& run, Spec spec, UniqueFd log);

  // Supervises until told to stop; `started` is called once the first state is on disk.
  // `before`: what the predecessor recorded of an engine that still runs.
  void run(const std::optional<NodeStatus>& before, const std::function<void()>& started);

 private:
  enum class Timer { kRetry, kGrace, kStart, kSettled };

  void begin(const std::optional<NodeStatus>& before);
  void handle(Event event);
  void handle_all();  // the events waiting, and those that follow from them
  void perform(Action action);
  void wait();

  void spawn();
  void load_spec();
  void signal_engine(int signal);
  void kill_engine();
  void engine_ended();
  void engine_said();
  void found(Prober::Finding finding);
  void passed();
  void take_seat();
  void seat_changed();
  void put_out(const std::string& why);
  void died(const Engine::End& end);
  void read_signals();
  void read_wish();
  void fire_timers();
  void enter(State state);
  void publish();
  void answer_status();
  std::vector<std::string> last_words() const;
  void check_log();
  void note(const std::string& line) const;
  std::map<std::string, std::string> environment() const;

  const RunDir& run_;
  Spec spec_;
  UniqueFd log_;
  UniqueFd signals_;
  std::optional<Engine> engine_;
  NodeStatus status_;
  NodeStatus published_;
  Backoff backoff_;
  Prober prober_;
  std::optional<StatusSocket> socket_;
  std::unique_ptr<ProxySeat> seat_;  // for an engine that takes none itself
  Want wanted_ = Want::kUp;
  bool asked_to_end_ = false;  // the engine, for having left its cloud
  std::string killed_because_;
  std::chrono::milliseconds delay_{0};  // of the retry that is to be armed
  std::chrono::milliseconds grace_{0};
  std::deque<Event> events_;
  std::map<Timer, Clock::Steady> timers_;
  Clock::Steady next_log_check_;
  std::minstd_rand random_;
  bool started_before_ = false;
  bool quit_ = false;
};

}  // namespace arcus::daemon
