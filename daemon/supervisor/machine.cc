#include "daemon/supervisor/machine.h"

namespace arcus::daemon {
namespace {

struct Rule {
  State state;
  Event event;
  Transition then;
};

using S = State;
using E = Event;
using A = Action;

const std::vector<Rule>& rules() {
  static const std::vector<Rule> table = {
      {S::kStopped, E::kLaunched, {S::kStarting, {A::kSpawn, A::kArmStart}}},
      {S::kStopped, E::kAdopted, {S::kStarting, {A::kArmStart}}},
      {S::kStopped, E::kAdoptedReady, {S::kReady, {A::kArmSettled}}},
      {S::kStopped, E::kWantedDown, {S::kStopped, {A::kQuit}}},
      {S::kStopped, E::kTerminated, {S::kStopped, {A::kQuit}}},

      {S::kStarting, E::kSaidReady, {S::kReady, {A::kArmSettled}}},
      {S::kStarting, E::kStartOver, {S::kStarting, {A::kSendKill}}},
      {S::kStarting, E::kLeftCloud, {S::kStarting, {A::kSendTerm, A::kArmGrace}}},
      {S::kStarting, E::kGraceOver, {S::kStarting, {A::kSendKill}}},
      {S::kStarting, E::kDied, {S::kBackingOff, {A::kArmRetry}}},
      {S::kStarting, E::kDiedTooOften, {S::kGivenUp, {}}},
      {S::kStarting, E::kDiedOnce, {S::kStopped, {A::kQuit}}},
      {S::kStarting, E::kDiedPaused, {S::kBackingOff, {}}},
      {S::kStarting, E::kWantedDown, {S::kStopping, {A::kSendTerm, A::kArmGrace}}},
      {S::kStarting, E::kTerminated, {S::kStopping, {A::kSendTerm, A::kArmGrace}}},

      {S::kReady, E::kSettled, {S::kReady, {A::kResetBackoff}}},
      {S::kReady, E::kProbeFailed, {S::kFailing, {}}},
      {S::kReady, E::kLeftCloud, {S::kFailing, {A::kSendTerm, A::kArmGrace}}},
      {S::kReady, E::kDied, {S::kBackingOff, {A::kArmRetry}}},
      {S::kReady, E::kDiedTooOften, {S::kGivenUp, {}}},
      {S::kReady, E::kDiedOnce, {S::kStopped, {A::kQuit}}},
      {S::kReady, E::kDiedPaused, {S::kBackingOff, {}}},
      {S::kReady, E::kWantedDown, {S::kStopping, {A::kSendTerm, A::kArmGrace}}},
      {S::kReady, E::kTerminated, {S::kStopping, {A::kSendTerm, A::kArmGrace}}},

      {S::kFailing, E::kProbePassed, {S::kReady, {A::kArmSettled}}},
      {S::kFailing, E::kHung, {S::kFailing, {A::kSendKill}}},
      {S::kFailing, E::kLeftCloud, {S::kFailing, {A::kSendTerm, A::kArmGrace}}},
      {S::kFailing, E::kGraceOver, {S::kFailing, {A::kSendKill}}},
      {S::kFailing, E::kDied, {S::kBackingOff, {A::kArmRetry}}},
      {S::kFailing, E::kDiedTooOften, {S::kGivenUp, {}}},
      {S::kFailing, E::kDiedOnce, {S::kStopped, {A::kQuit}}},
      {S::kFailing, E::kDiedPaused, {S::kBackingOff, {}}},
      {S::kFailing, E::kWantedDown, {S::kStopping, {A::kSendTerm, A::kArmGrace}}},
      {S::kFailing, E::kTerminated, {S::kStopping, {A::kSendTerm, A::kArmGrace}}},

      {S::kBackingOff, E::kRetryDue, {S::kStarting, {A::kSpawn, A::kArmStart}}},
      {S::kBackingOff,
       E::kWantedUp,
       {S::kStarting, {A::kResetBackoff, A::kLoadSpec, A::kSpawn, A::kArmStart}}},
      {S::kBackingOff, E::kWantedDown, {S::kStopped, {A::kQuit}}},
      {S::kBackingOff, E::kWantedPaused, {S::kBackingOff, {A::kDisarmRetry}}},
      {S::kBackingOff, E::kTerminated, {S::kStopped, {A::kQuit}}},

      // A start that comes now waits for this supervisor's end, so kWantedUp changes nothing. A
      // second stop may bring a shorter grace period.
      {S::kStopping, E::kDied, {S::kStopped, {A::kQuit}}},
      {S::kStopping, E::kDiedTooOften, {S::kStopped, {A::kQuit}}},
      {S::kStopping, E::kDiedOnce, {S::kStopped, {A::kQuit}}},
      {S::kStopping, E::kDiedPaused, {S::kStopped, {A::kQuit}}},
      {S::kStopping, E::kGraceOver, {S::kStopping, {A::kSendKill}}},
      {S::kStopping, E::kWantedDown, {S::kStopping, {A::kArmGrace}}},

      {S::kGivenUp,
       E::kWantedUp,
       {S::kStarting, {A::kResetBackoff, A::kLoadSpec, A::kSpawn, A::kArmStart}}},
      {S::kGivenUp, E::kWantedDown, {S::kStopped, {A::kQuit}}},
      {S::kGivenUp, E::kTerminated, {S::kStopped, {A::kQuit}}},
  };
  return table;
}

}  // namespace

Transition decide(State state, Event event) {
  for (const auto& rule : rules()) {
    if (rule.state == state && rule.event == event) return rule.then;
  }
  return {state, {}};
}

std::string_view state_name(State state) {
  switch (state) {
    case State::kStopped:
      return "stopped";
    case State::kStarting:
      return "starting";
    case State::kReady:
      return "ready";
    case State::kFailing:
      return "failing";
    case State::kBackingOff:
      return "backing-off";
    case State::kStopping:
      return "stopping";
    case State::kGivenUp:
      return "given-up";
  }
  return "";
}

std::optional<State> parse_state(std::string_view name) {
  for (const State state : kStates) {
    if (state_name(state) == name) return state;
  }
  return std::nullopt;
}

}  // namespace arcus::daemon
