#include "daemon/membership/session_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace arcus::daemon {
namespace {

using enum SessionAction;
using Kind = SessionEvent::Kind;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr bool kFailStop = true;

class SessionMachineTest : public testing::Test {
 protected:
  std::vector<SessionAction> on(Kind kind, std::vector<std::string> children = {}) {
    return machine_.on({kind, std::move(children)});
  }
  SessionMachine machine_{"own", kFailStop};
};

TEST_F(SessionMachineTest, TellsTheNodesWheneverTheyChange) {
  EXPECT_THAT(on(Kind::kNodesListed, {"a", "own"}), ElementsAre(kTellNodes));
  EXPECT_THAT(machine_.nodes(), ElementsAre("a", "own"));
  EXPECT_THAT(on(Kind::kNodesListed, {"a", "own"}), IsEmpty());
  EXPECT_THAT(on(Kind::kNodesListed, {"own"}), ElementsAre(kTellNodes));
}

TEST_F(SessionMachineTest, ListsAgainWhenTheWatchFired) {
  EXPECT_THAT(on(Kind::kNodesTouched), ElementsAre(kListNodes));
}

TEST_F(SessionMachineTest, KeepsServingWhileItIsCutOff) {
  EXPECT_THAT(on(Kind::kDisconnected), IsEmpty());
  EXPECT_FALSE(machine_.connected());
  EXPECT_TRUE(machine_.ready());
  EXPECT_THAT(on(Kind::kConnected), IsEmpty());
  EXPECT_TRUE(machine_.connected());
}

TEST_F(SessionMachineTest, ListsWhatItMissedOnceItIsConnectedAgain) {
  on(Kind::kDisconnected);
  EXPECT_THAT(on(Kind::kNodesTouched), IsEmpty());
  EXPECT_THAT(on(Kind::kConnected), ElementsAre(kListNodes));
  on(Kind::kNodesListed, {"own"});
  on(Kind::kDisconnected);
  EXPECT_THAT(on(Kind::kConnected), IsEmpty());
}

TEST_F(SessionMachineTest, TriesAgainLaterWhenListingFailed) {
  EXPECT_THAT(on(Kind::kListFailed), ElementsAre(kListNodesLater));
  EXPECT_THAT(on(Kind::kRetryDue), ElementsAre(kListNodes));
  on(Kind::kDisconnected);
  EXPECT_THAT(on(Kind::kListFailed), IsEmpty());
  EXPECT_THAT(on(Kind::kRetryDue), IsEmpty());
  EXPECT_THAT(on(Kind::kConnected), ElementsAre(kListNodes));
}

TEST_F(SessionMachineTest, StopsWhenItsSessionExpired) {
  EXPECT_THAT(on(Kind::kExpired), ElementsAre(kEndSession, kStop));
  EXPECT_FALSE(machine_.ready());
  EXPECT_FALSE(machine_.connected());
  EXPECT_FALSE(machine_.znode_removed());
}

TEST_F(SessionMachineTest, StaysButNotReadyWhenFailStopIsOff) {
  SessionMachine lenient("own", !kFailStop);
  EXPECT_THAT(lenient.on({Kind::kExpired}), ElementsAre(kEndSession));
  EXPECT_FALSE(lenient.ready());
}

TEST_F(SessionMachineTest, StopsWhenItsZnodeWasRemovedWhateverFailStopSays) {
  SessionMachine lenient("own", !kFailStop);
  EXPECT_THAT(lenient.on({Kind::kNodesListed, {"other"}}), ElementsAre(kStop));
  EXPECT_FALSE(lenient.ready());
  EXPECT_TRUE(lenient.znode_removed());
}

TEST_F(SessionMachineTest, StopsOnlyOnce) {
  on(Kind::kNodesListed, {"other"});
  for (const Kind kind : {Kind::kExpired, Kind::kNodesListed, Kind::kNodesTouched,
                          Kind::kListFailed, Kind::kRetryDue, Kind::kConnected}) {
    EXPECT_THAT(on(kind), IsEmpty());
  }
}

}  // namespace
}  // namespace arcus::daemon
