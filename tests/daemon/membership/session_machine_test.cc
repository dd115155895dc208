#include "daemon/membership/session_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace arcus::daemon {
namespace {

using enum SessionAction;
using Kind = SessionEvent::Kind;
using testing::ElementsAre;
using testing::IsEmpty;

class SessionMachineTest : public testing::Test {
 protected:
  std::vector<SessionAction> on(Kind kind, std::vector<std::string> children = {}) {
    return machine_.on({kind, std::move(children)});
  }
  SessionMachine machine_{"own", "shop"};
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
  EXPECT_EQ(machine_.seat(), Seat::kAssociated);
  EXPECT_THAT(on(Kind::kDisconnected), IsEmpty());
  EXPECT_EQ(machine_.seat(), Seat::kLost);
  EXPECT_FALSE(machine_.connected());
  EXPECT_TRUE(machine_.ready());
  EXPECT_THAT(on(Kind::kConnected), IsEmpty());
  EXPECT_EQ(machine_.seat(), Seat::kAssociated);
  EXPECT_TRUE(machine_.connected());
}

TEST_F(SessionMachineTest, ReadsWhatItMissedOnceItIsConnectedAgain) {
  on(Kind::kDisconnected);
  EXPECT_THAT(on(Kind::kNodesTouched), IsEmpty());
  EXPECT_THAT(on(Kind::kMappingTouched), IsEmpty());
  EXPECT_THAT(on(Kind::kConfigTouched), IsEmpty());
  EXPECT_THAT(on(Kind::kConnected), ElementsAre(kListNodes, kReadMapping, kReadConfig));
  on(Kind::kNodesListed, {"own"});
  on(Kind::kMappingRead, {"shop"});
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

TEST_F(SessionMachineTest, IsOutWhenItsSessionExpired) {
  EXPECT_THAT(on(Kind::kExpired), ElementsAre(kEndSession, kOut));
  EXPECT_EQ(machine_.seat(), Seat::kExpired);
  EXPECT_FALSE(machine_.ready());
  EXPECT_FALSE(machine_.connected());
}

TEST_F(SessionMachineTest, IsOutWhenItIsNotLetIn) {
  EXPECT_THAT(on(Kind::kAuthFailed), ElementsAre(kEndSession, kOut));
  EXPECT_EQ(machine_.seat(), Seat::kAuthFailed);
}

TEST_F(SessionMachineTest, IsOutWhenItsZnodeWasRemoved) {
  EXPECT_THAT(on(Kind::kNodesListed, {"other"}), ElementsAre(kEndSession, kOut));
  EXPECT_EQ(machine_.seat(), Seat::kRemoved);
}

TEST_F(SessionMachineTest, TakesItsZnodeAlongWhenItIsAskedToLeave) {
  EXPECT_THAT(on(Kind::kAskedToLeave), ElementsAre(kRemoveZnode, kEndSession, kOut));
  EXPECT_EQ(machine_.seat(), Seat::kLeft);
}

TEST_F(SessionMachineTest, ServesOnWhenItsMappingIsGoneAndSaysSo) {
  EXPECT_THAT(on(Kind::kMappingTouched), ElementsAre(kReadMapping));
  EXPECT_THAT(on(Kind::kMappingRead, {"shop"}), IsEmpty());
  EXPECT_THAT(on(Kind::kMappingRead, {}), ElementsAre(kTellMapping));
  EXPECT_FALSE(machine_.registered());
  EXPECT_TRUE(machine_.ready());
  EXPECT_THAT(on(Kind::kMappingRead, {"another"}), IsEmpty());
  EXPECT_THAT(on(Kind::kMappingRead, {"shop^zone"}), ElementsAre(kTellMapping));
  EXPECT_TRUE(machine_.registered());
}

TEST_F(SessionMachineTest, FollowsTheEnsemblesServers) {
  EXPECT_THAT(on(Kind::kConfigTouched), ElementsAre(kReadConfig));
  on(Kind::kDisconnected);
  EXPECT_THAT(on(Kind::kConnected), IsEmpty());
}

TEST_F(SessionMachineTest, OnceItIsOutNothingHappensAnyMore) {
  for (const Kind how : {Kind::kExpired, Kind::kAuthFailed, Kind::kAskedToLeave}) {
    SessionMachine machine("own", "shop");
    machine.on({how, {}});
    const Seat seat = machine.seat();
    for (const Kind kind :
         {Kind::kConnected, Kind::kDisconnected, Kind::kExpired, Kind::kAuthFailed,
          Kind::kNodesTouched, Kind::kNodesListed, Kind::kListFailed, Kind::kRetryDue,
          Kind::kMappingTouched, Kind::kMappingRead, Kind::kConfigTouched, Kind::kAskedToLeave}) {
      EXPECT_THAT(machine.on({kind, {}}), IsEmpty());
      EXPECT_EQ(machine.seat(), seat);
    }
  }
}

}  // namespace
}  // namespace arcus::daemon
