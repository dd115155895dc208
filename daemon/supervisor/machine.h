// The supervisor's decisions, as a pure table: (state, event) -> (next state, actions). It reads no
// clock, file or process; supervisor.cc carries the actions out and turns what happens into events.
// A new wish or a new kind of trouble is a new event and its rules here.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace arcus::daemon {

enum class State { kStopped, kStarting, kReady, kFailing, kBackingOff, kStopping, kGivenUp };

enum class Event {
  kLaunched,      // a supervisor begins, no engine runs
  kAdopted,       // a supervisor begins, its predecessor's engine runs but was not ready yet
  kAdoptedReady,  // a supervisor begins, its predecessor's engine runs and serves
  kSaidReady,     // the engine said that it is ready and, where it is probed, answers
  kStartOver,     // it was to be ready by now
  kSettled,       // the engine has been ready for long enough to forget earlier deaths
  kProbeFailed,   // it did not store and give back a value in time
  kProbePassed,   // it did
  kHung,          // it has not for too long
  kLeftCloud,     // it answers, and says that it is out of its cloud for good
  kDied,          // the engine is gone, or could not be executed
  kDiedTooOften,  // the same, and the back-off says to give up
  kDiedOnce,      // the same, and it was wanted just once
  kDiedPaused,    // the same, and nothing is to be done about it now
  kRetryDue,      // the back-off is over
  kGraceOver,     // the engine was asked to end and did not in time
  kWantedUp,      // SIGHUP, and `wanted` says up or once
  kWantedDown,    // SIGHUP, and `wanted` says down
  kWantedPaused,  // SIGHUP, and `wanted` says paused
  kTerminated,    // SIGTERM to the supervisor
};

enum class Action {
  kSpawn,         // start the engine; failing to is kDied
  kLoadSpec,      // read spec.json again
  kResetBackoff,  // forget earlier deaths
  kSendTerm,      // SIGTERM to the engine
  kSendKill,      // SIGKILL to the engine
  kArmRetry,      // kRetryDue after the back-off
  kDisarmRetry,   // not after all
  kArmGrace,      // kGraceOver after the grace period
  kArmStart,      // kStartOver after the time that a start may take
  kArmSettled,    // kSettled after some time
  kQuit,          // publish the state and end the supervisor
};

struct Transition {
  State next;
  std::vector<Action> actions;
};

inline constexpr State kStates[] = {State::kStopped,    State::kStarting, State::kReady,
                                    State::kFailing,    State::kBackingOff, State::kStopping,
                                    State::kGivenUp};
inline constexpr Event kEvents[] = {
    Event::kLaunched,    Event::kAdopted,      Event::kAdoptedReady, Event::kSaidReady,
    Event::kStartOver,   Event::kSettled,      Event::kProbeFailed,  Event::kProbePassed,
    Event::kHung,        Event::kLeftCloud,    Event::kDied,         Event::kDiedTooOften,
    Event::kDiedOnce,    Event::kDiedPaused,   Event::kRetryDue,     Event::kGraceOver,
    Event::kWantedUp,    Event::kWantedDown,   Event::kWantedPaused, Event::kTerminated};

// What the event means in that state. Where nothing is listed nothing happens. Leaving a state
// disarms its timers; an armed timer outlives an event that keeps the state.
Transition decide(State state, Event event);

std::string_view state_name(State state);  // "backing-off", as status.json has it
std::optional<State> parse_state(std::string_view name);

}  // namespace arcus::daemon
