#include "daemon/membership/session_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace arcus::daemon {
namespace {

class SessionFileTest : public testing::Test {
 protected:
  SessionFileTest() {
    std::string pattern = testing::TempDir() + "session-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    path_ = directory_ + "/session";
  }
  ~SessionFileTest() override { std::filesystem::remove_all(directory_); }

  static zk::SessionId session() {
    zk::SessionId id;
    id.id = -0x0123456789abcdef;
    for (std::size_t i = 0; i < id.password.size(); ++i) {
      id.password[i] = static_cast<char>(i * 17);
    }
    return id;
  }

  std::string directory_;
  std::string path_;
};

TEST_F(SessionFileTest, ReadsBackWhatWasWritten) {
  ASSERT_TRUE(write_session_file(path_, session()).ok());
  const auto read = read_session_file(path_);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->id, session().id);
  EXPECT_EQ(read->password, session().password);
}

TEST_F(SessionFileTest, IsTheOwnersAloneEvenWhereALaxerOneWas) {
  std::ofstream(path_) << "old";
  ::chmod(path_.c_str(), 0644);
  ASSERT_TRUE(write_session_file(path_, session()).ok());
  struct stat info {};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_), {}), 1)
      << "no temporary file is left";
}

TEST_F(SessionFileTest, SaysThatThereIsNone) {
  EXPECT_EQ(read_session_file(path_).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(write_session_file(path_, session()).ok());
  remove_session_file(path_);
  EXPECT_EQ(read_session_file(path_).error().code, ErrorCode::kNotFound);
}

TEST_F(SessionFileTest, RefusesAnythingElse) {
  const std::string password(32, 'a');
  for (const std::string& text :
       {std::string(), std::string("0000000000000001"), "0000000000000000 " + password,
        "1 " + password, "000000000000000g " + password, "0000000000000001 " + password + "a",
        "0000000000000001 " + std::string(32, 'x'), "0000000000000001 " + password + " more"}) {
    std::ofstream(path_, std::ios::trunc) << text;
    EXPECT_EQ(read_session_file(path_).error().code, ErrorCode::kInvalid) << text;
  }
}

TEST_F(SessionFileTest, NamesAPathThatCannotBeWritten) {
  const Status written = write_session_file(directory_ + "/absent/session", session());
  ASSERT_FALSE(written.ok());
  EXPECT_NE(written.error().message.find(directory_ + "/absent/session"), std::string::npos);
}

}  // namespace
}  // namespace arcus::daemon
