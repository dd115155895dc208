// Who may do what, where clients must log in.
#include <string>
#include <utility>
#include <vector>

#include "daemon/command/login.h"
#include "tests/daemon/command/command_fixture.h"

namespace arcus::daemon {
namespace {

constexpr const char* kUnauthorized = "CLIENT_ERROR unauthorized\r\n";

class AuthorizationTest : public CommandTest {
 protected:
  AuthorizationTest() {
    engine_.set_attention(Engine::kLogins, true);
    client_.session().require_login();
  }
  void allow(Permissions permissions) {
    client_.session().require_login().permissions = permissions;
  }
};

TEST_F(AuthorizationTest, WhoIsNobodyMayOnlyAskWhatTheNodeIs) {
  EXPECT_EQ(client_.ask("version"), "VERSION 1.2.3\r\n");
  EXPECT_EQ(client_.ask("ready"), "READY\r\n");
  EXPECT_EQ(client_.ask("mn"), "MN\r\n");
  EXPECT_NE(client_.ask("stats").find("STAT cmd_auth 0\r\n"), std::string::npos);
  EXPECT_NE(client_.ask("help"), kUnauthorized);
  EXPECT_EQ(client_.ask("nonsense"), "ERROR unknown command\r\n");
  EXPECT_EQ(client_.ask("sasl mech"), "NOT_SUPPORTED\r\n");  // no library in this test
  EXPECT_EQ(client_.ask("get a b"), kUnauthorized);
}

struct Case {
  const char* line;
  const char* value;  // null: none
  Permissions needs;
};

TEST_F(AuthorizationTest, EveryCommandNeedsItsPermission) {
  const std::vector<Case> cases = {
      {"get a", nullptr, Permission::kKv},
      {"gats 0 a", nullptr, Permission::kKv},
      {"mget 1 1", "a", Permission::kKv},
      {"set a 0 0 1", "1", Permission::kKv},
      {"cas a 0 0 1 5", "1", Permission::kKv},
      {"incr a 1", nullptr, Permission::kKv},
      {"mg a v", nullptr, Permission::kKv},
      {"ms a 1", "1", Permission::kKv},
      {"lop insert l 0 1", "1", Permission::kList},
      {"sop exist s 1", "1", Permission::kSet},
      {"mop get m 1 1", "a", Permission::kMap},
      {"bop get b 1", nullptr, Permission::kBtree},
      {"bop mget 1 1 1 1", "b", Permission::kBtree},
      {"getattr a", nullptr, Permission::kAttr},
      {"setattr a flags=1", nullptr, Permission::kAttr},
      {"touch a 0", nullptr, Permission::kAttr},
      {"scan key 0", nullptr, Permission::kScan},
      {"flush_all", nullptr, Permission::kFlush},
      {"flush_prefix a", nullptr, Permission::kFlush},
      {"config memlimit", nullptr, Permission::kAdmin},
      {"zkensemble get", nullptr, Permission::kAdmin},
      {"cmdlog stats", nullptr, Permission::kAdmin},
      {"lqdetect stats", nullptr, Permission::kAdmin},
      {"dump stop", nullptr, Permission::kAdmin},
      {"scrub", nullptr, Permission::kAdmin},
      {"reload auth", nullptr, Permission::kAdmin},
      {"shutdown", nullptr, Permission::kAdmin},
      {"verbosity 0", nullptr, Permission::kAdmin},
  };
  for (const Case& asked : cases) {
    const std::string after = asked.value != nullptr ? std::string(asked.value) + "\r\n" : "";
    allow(Permission::kAll & static_cast<Permissions>(~asked.needs));
    EXPECT_EQ(client_.ask(asked.line, after), kUnauthorized) << asked.line;
    EXPECT_EQ(client_.taken(), asked.value != nullptr) << asked.line;
    allow(asked.needs);
    EXPECT_NE(client_.ask(asked.line, after), kUnauthorized) << asked.line;
  }
}

TEST_F(AuthorizationTest, WhoMayChangeAnyItemMayDeleteThem) {
  for (const Permissions one : {Permission::kKv, Permission::kList, Permission::kSet,
                                Permission::kMap, Permission::kBtree}) {
    allow(one);
    EXPECT_EQ(client_.ask("delete a"), "NOT_FOUND\r\n");
  }
  allow(Permission::kAll & static_cast<Permissions>(~Permission::kAnyItem));
  EXPECT_EQ(client_.ask("delete a"), kUnauthorized);
}

TEST_F(AuthorizationTest, AValueThatComesLaterIsPassedOverToo) {
  EXPECT_EQ(client_.ask_later("set a 0 0 5", "12345"), kUnauthorized);
  allow(Permission::kKv);
  EXPECT_EQ(client_.get("a"), "none");
}

TEST_F(AuthorizationTest, WhoWantsNoReplyGetsNone) {
  EXPECT_EQ(client_.ask("set a 0 0 1 noreply", "1\r\n"), "");
  EXPECT_EQ(client_.ask("delete a noreply"), "");
  EXPECT_EQ(client_.ask("lop insert l 0 1 pipe", "1\r\n"),
            std::string("RESPONSE 1\r\n") + kUnauthorized + "PIPE_ERROR bad error\r\n");
  EXPECT_EQ(client_.ask("lop insert l 0 1", "1\r\n"), "");  // the rest of that pipeline
  EXPECT_EQ(client_.ask("get noreply"), kUnauthorized);
}

TEST_F(AuthorizationTest, ConnectionsOfBeforeGoOnAsTheyWere) {
  Speaker older(engine_);
  EXPECT_EQ(older.ask("set a 0 0 1", "1\r\n"), "STORED\r\n");
}

TEST_F(AuthorizationTest, SaslIsCheckedByItsLine) {
  EXPECT_EQ(client_.ask("sasl"), "CLIENT_ERROR bad command line format\r\n");
  EXPECT_EQ(client_.ask("sasl mech x"), "CLIENT_ERROR bad command line format\r\n");
  EXPECT_EQ(client_.ask("sasl auth PLAIN x"), "CLIENT_ERROR bad command line format\r\n");
  EXPECT_EQ(client_.ask_later("sasl auth PLAIN 5", "12345"), "NOT_SUPPORTED\r\n");
  allow(Permission::kAdmin);
  EXPECT_EQ(client_.ask("reload"), "CLIENT_ERROR bad command line format\r\n");
  EXPECT_EQ(client_.ask("reload auth"), "NOT_SUPPORTED\r\n");
  EXPECT_EQ(client_.ask("config auth"), "auth off\r\nEND\r\n");
  EXPECT_EQ(client_.ask("config auth off"), "CLIENT_ERROR bad value\r\n");
}

}  // namespace
}  // namespace arcus::daemon
