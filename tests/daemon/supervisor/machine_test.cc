#include "daemon/supervisor/machine.h"

#include <gtest/gtest.h>

#include <map>

namespace arcus::daemon {
namespace {

using S = State;
using E = Event;
using A = Action;
using Cell = std::pair<State, std::vector<Action>>;

// Every cell in which something happens. All the others keep the state and do nothing.
const std::map<std::pair<State, Event>, Cell> kTable = {
    {{S::kStopped, E::kLaunched}, {S::kStarting, {A::kSpawn, A::kArmStart}}},
    {{S::kStopped, E::kAdopted}, {S::kStarting, {A::kArmStart}}},
    {{S::kStopped, E::kAdoptedReady}, {S::kReady, {A::kArmSettled}}},
    {{S::kStopped, E::kWantedDown}, {S::kStopped, {A::kQuit}}},
    {{S::kStopped, E::kTerminated}, {S::kStopped, {A::kQuit}}},
    {{S::kStarting, E::kSaidReady}, {S::kReady, {A::kArmSettled}}},
    {{S::kStarting, E::kStartOver}, {S::kStarting, {A::kSendKill}}},
    {{S::kStarting, E::kLeftCloud}, {S::kStarting, {A::kSendTerm, A::kArmGrace}}},
    {{S::kStarting, E::kGraceOver}, {S::kStarting, {A::kSendKill}}},
    {{S::kStarting, E::kDied}, {S::kBackingOff, {A::kArmRetry}}},
    {{S::kStarting, E::kDiedTooOften}, {S::kGivenUp, {}}},
    {{S::kStarting, E::kDiedOnce}, {S::kStopped, {A::kQuit}}},
    {{S::kStarting, E::kDiedPaused}, {S::kBackingOff, {}}},
    {{S::kStarting, E::kWantedDown}, {S::kStopping, {A::kSendTerm, A::kArmGrace}}},
    {{S::kStarting, E::kTerminated}, {S::kStopping, {A::kSendTerm, A::kArmGrace}}},
    {{S::kReady, E::kSettled}, {S::kReady, {A::kResetBackoff}}},
    {{S::kReady, E::kProbeFailed}, {S::kFailing, {}}},
    {{S::kReady, E::kLeftCloud}, {S::kFailing, {A::kSendTerm, A::kArmGrace}}},
    {{S::kReady, E::kDied}, {S::kBackingOff, {A::kArmRetry}}},
    {{S::kReady, E::kDiedTooOften}, {S::kGivenUp, {}}},
    {{S::kReady, E::kDiedOnce}, {S::kStopped, {A::kQuit}}},
    {{S::kReady, E::kDiedPaused}, {S::kBackingOff, {}}},
    {{S::kReady, E::kWantedDown}, {S::kStopping, {A::kSendTerm, A::kArmGrace}}},
    {{S::kReady, E::kTerminated}, {S::kStopping, {A::kSendTerm, A::kArmGrace}}},
    {{S::kFailing, E::kProbePassed}, {S::kReady, {A::kArmSettled}}},
    {{S::kFailing, E::kHung}, {S::kFailing, {A::kSendKill}}},
    {{S::kFailing, E::kLeftCloud}, {S::kFailing, {A::kSendTerm, A::kArmGrace}}},
    {{S::kFailing, E::kGraceOver}, {S::kFailing, {A::kSendKill}}},
    {{S::kFailing, E::kDied}, {S::kBackingOff, {A::kArmRetry}}},
    {{S::kFailing, E::kDiedTooOften}, {S::kGivenUp, {}}},
    {{S::kFailing, E::kDiedOnce}, {S::kStopped, {A::kQuit}}},
    {{S::kFailing, E::kDiedPaused}, {S::kBackingOff, {}}},
    {{S::kFailing, E::kWantedDown}, {S::kStopping, {A::kSendTerm, A::kArmGrace}}},
    {{S::kFailing, E::kTerminated}, {S::kStopping, {A::kSendTerm, A::kArmGrace}}},
    {{S::kBackingOff, E::kRetryDue}, {S::kStarting, {A::kSpawn, A::kArmStart}}},
    {{S::kBackingOff, E::kWantedUp},
     {S::kStarting, {A::kResetBackoff, A::kLoadSpec, A::kSpawn, A::kArmStart}}},
    {{S::kBackingOff, E::kWantedDown}, {S::kStopped, {A::kQuit}}},
    {{S::kBackingOff, E::kWantedPaused}, {S::kBackingOff, {A::kDisarmRetry}}},
    {{S::kBackingOff, E::kTerminated}, {S::kStopped, {A::kQuit}}},
    {{S::kStopping, E::kDied}, {S::kStopped, {A::kQuit}}},
    {{S::kStopping, E::kDiedTooOften}, {S::kStopped, {A::kQuit}}},
    {{S::kStopping, E::kDiedOnce}, {S::kStopped, {A::kQuit}}},
    {{S::kStopping, E::kDiedPaused}, {S::kStopped, {A::kQuit}}},
    {{S::kStopping, E::kGraceOver}, {S::kStopping, {A::kSendKill}}},
    {{S::kStopping, E::kWantedDown}, {S::kStopping, {A::kArmGrace}}},
    {{S::kGivenUp, E::kWantedUp},
     {S::kStarting, {A::kResetBackoff, A::kLoadSpec, A::kSpawn, A::kArmStart}}},
    {{S::kGivenUp, E::kWantedDown}, {S::kStopped, {A::kQuit}}},
    {{S::kGivenUp, E::kTerminated}, {S::kStopped, {A::kQuit}}},
};

TEST(Machine, EveryCellIsAsWritten) {
  for (const State state : kStates) {
    for (const Event event : kEvents) {
      const auto listed = kTable.find({state, event});
      const Cell expected = listed == kTable.end() ? Cell{state, {}} : listed->second;
      const Transition then = decide(state, event);
      EXPECT_EQ(then.next, expected.first)
          << state_name(state) << " x event " << static_cast<int>(event);
      EXPECT_EQ(then.actions, expected.second)
          << state_name(state) << " x event " << static_cast<int>(event);
    }
  }
}

TEST(Machine, NothingStartsAnEngineThatIsBeingStopped) {
  for (const Event event : kEvents) {
    for (const Action action : decide(State::kStopping, event).actions) {
      EXPECT_NE(action, Action::kSpawn) << static_cast<int>(event);
    }
  }
}

TEST(Machine, SpawnsOnlyWhereNoEngineRuns) {
  for (const State state : {State::kStarting, State::kReady, State::kFailing}) {
    for (const Event event : kEvents) {
      for (const Action action : decide(state, event).actions) {
        EXPECT_NE(action, Action::kSpawn) << state_name(state);
      }
    }
  }
}

TEST(Machine, StateNamesRoundTrip) {
  for (const State state : kStates) EXPECT_EQ(parse_state(state_name(state)), state);
  EXPECT_FALSE(parse_state("running"));
}

}  // namespace
}  // namespace arcus::daemon
