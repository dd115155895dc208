// The supervisor's decisions, as a pure table: (state, event) -> (next state, actions). It reads no
// clock, file or process; supervisor.cc carries the actions out and turns what happens into events.
// A new wish or a new kind of trouble (a liveness probe, a pause) is a new event and its rules
// here.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace arcus::daemon {

enum class State { kStopped, kStarting, kReady, kBackingOff, kStopping, kGivenUp };

enum class Event {
  kLaunched,      // a supervisor begins, no engine runs
  kAdopted,       // a supervisor begins, its predecessor's engine runs but was not ready yet
  kAdoptedReady,  // a supervisor begins, its predecessor's engine runs and serves
  kSaidReady,     // the engine wrote its ready line
  kSettled,       // the engine has been ready for long enough to forget earlier deaths
  kDied,          // the engine is gone, or could not be executed
  kDiedTooOften,  // the same, and the back-off says to give up
  kRetryDue,      // the back-off is over
  kGraceOver,     // the engine was asked to end and did not in time
  kWantedUp,      // SIGHUP, and `wanted` says up
  kWantedDown,    // SIGHUP, and `wanted` says down
  kTerminated,    // SIGTERM to the supervisor
};

enum class Action {
  kSpawn,         // start the engine; failing to is kDied
  kLoadSpec,      // read spec.json again
  kResetBackoff,  // forget earlier deaths
  kSendTerm,      // SIGTERM to the engine
  kSendKill,      // SIGKILL to the engine
  kArmRetry,      // kRetryDue after the back-off
  kArmGrace,      // kGraceOver after the grace period
  kArmSettled,    // kSettled after some time
  kQuit,          // publish the state and end the supervisor
};

struct Transition {
  State next;
  std::vector<Action> actions;
};

inline constexpr State kStates[] = {State::kStopped,    State::kStarting, State::kReady,
                                    State::kBackingOff, State::kStopping, State::kGivenUp};
inline constexpr Event kEvents[] = {Event::kLaunched,     Event::kAdopted,    Event::kAdoptedReady,
                                    Event::kSaidReady,    Event::kSettled,    Event::kDied,
                                    Event::kDiedTooOften, Event::kRetryDue,   Event::kGraceOver,
                                    Event::kWantedUp,     Event::kWantedDown, Event::kTerminated};

// What the event means in that state. Where nothing is listed nothing happens. Leaving a state
// disarms its timers; an armed timer outlives an event that keeps the state.
Transition decide(State state, Event event);

std::string_view state_name(State state);  // "backing-off", as status.json has it
std::optional<State> parse_state(std::string_view name);

}  // namespace arcus::daemon
