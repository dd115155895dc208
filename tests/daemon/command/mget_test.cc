// mget: keys in a body that arrives with the line or later, and an answer larger than a reply holds.
#include <algorithm>
#include <string>

#include "daemon/command/key_list.h"
#include "tests/daemon/command/command_fixture.h"

namespace arcus::daemon {
namespace {

TEST(KeyList, IsSoManyKeysWithOneSeparatorBetweenTwo) {
  EXPECT_TRUE(is_key_list("a", 1, ' '));
  EXPECT_TRUE(is_key_list("a bb c", 3, ' '));
  EXPECT_FALSE(is_key_list("a,b c", 1, ' '));
  EXPECT_TRUE(is_key_list("a,b c", 2, ','));
  EXPECT_FALSE(is_key_list("a bb c", 2, ' '));
  EXPECT_FALSE(is_key_list("a bb c", 4, ' '));
  EXPECT_FALSE(is_key_list("a  c", 2, ' '));
  EXPECT_FALSE(is_key_list("a ", 1, ' '));
  EXPECT_FALSE(is_key_list("a ", 2, ' '));
  EXPECT_FALSE(is_key_list(" a", 2, ' '));
  EXPECT_TRUE(is_key_list(std::string(kMaxKey, 'k') + " b", 2, ' '));
  EXPECT_FALSE(is_key_list(std::string(kMaxKey + 1, 'k') + " b", 2, ' '));
}

TEST(KeyList, HasASizeThatSoManyKeysCanHave) {
  EXPECT_TRUE(key_list_fits(1, 1));
  EXPECT_TRUE(key_list_fits(3, 2));
  EXPECT_FALSE(key_list_fits(3, 3));
  EXPECT_TRUE(key_list_fits(kMaxKey, 1));
  EXPECT_FALSE(key_list_fits(kMaxKey + 1, 1));
}

class MgetTest : public CommandTest {
 protected:
  MgetTest() {
    for (int i = 0; i < 20; ++i) {
      const std::string key = "key" + std::to_string(i);
      client_.set(key, value_);
      keys_ += (i == 0 ? "" : " ") + key;
      expected_ += "VALUE " + key + " 0 100000\r\n" + value_ + "\r\n";
    }
    expected_ += "END\r\n";
  }
  std::string line() const { return "mget " + std::to_string(keys_.size()) + " 20"; }
  // What is said from there on; counts how often it yielded.
  std::string rest(Progress progress) {
    std::string all = client_.said();
    for (; progress == Progress::kYield; ++yields_) {
      progress = client_.resume();
      all += client_.said();
    }
    EXPECT_EQ(progress, Progress::kDone);
    return all;
  }

  const std::string value_ = std::string(100'000, 'v');
  std::string keys_;
  std::string expected_;
  int yields_ = 0;
};

TEST_F(MgetTest, YieldsWhenTheReplyIsFullAndGoesOnLater) {
  const Progress progress = client_.start_before(line(), keys_ + "\r\n");
  EXPECT_TRUE(client_.taken());
  EXPECT_TRUE(rest(progress) == expected_);
  EXPECT_EQ(yields_, 6);
}

TEST_F(MgetTest, TakesKeysThatArriveLater) {
  EXPECT_EQ(client_.start(line()), Progress::kNeedBody);
  EXPECT_TRUE(rest(client_.body(keys_ + "\r\n")) == expected_);
  EXPECT_EQ(yields_, 6);
}

TEST_F(MgetTest, TakesCommasWhereThereAreNoBlanks) {
  std::replace(keys_.begin(), keys_.end(), ' ', ',');
  EXPECT_TRUE(rest(client_.start_before(line(), keys_ + "\r\n")) == expected_);
}

TEST_F(MgetTest, CountsEveryKey) {
  const auto before = engine_.command_stats();
  client_.ask("mget 9 2", "key1 none\r\n");
  const auto after = engine_.command_stats();
  EXPECT_EQ(after.cmd_get - before.cmd_get, 2u);
  EXPECT_EQ(after.get_hits - before.get_hits, 1u);
}

}  // namespace
}  // namespace arcus::daemon
