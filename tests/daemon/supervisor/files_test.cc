// The run directory and the log, on real files.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "daemon/supervisor/log_file.h"
#include "daemon/supervisor/run_dir.h"
#include "tests/daemon/supervisor/temp_dir.h"

namespace arcus::daemon {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(RunDir, RefusesNodeNamesThatArePaths) {
  const TempDir dir;
  for (const char* bad : {"../x:1", "a/b:1", "", "a", "a:0", "a:70000", "a:01", ".:1", "a b:1"}) {
    EXPECT_FALSE(RunDir::make(dir.path(), bad)) << bad;
    EXPECT_FALSE(RunDir::open(dir.path(), bad)) << bad;
  }
  EXPECT_TRUE(RunDir::make(dir.path(), "[::1]:11211"));
}

TEST(RunDir, DoesNotMakeTheArcusDirectoryItself) {
  const TempDir dir;
  EXPECT_FALSE(RunDir::make(dir.path() + "/missing", "a:1"));
  EXPECT_FALSE(fs::exists(dir.path() + "/missing"));
}

TEST(RunDir, KeepsWhatIsWritten) {
  const TempDir dir;
  const auto run = RunDir::make(dir.path(), "127.0.0.1:1");
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->wish().error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(run->write_wish({Want::kUp, {}}));
  EXPECT_EQ(run->wish()->want, Want::kUp);
  Spec spec;
  spec.argv = {"x"};
  ASSERT_TRUE(run->write_spec(spec));
  EXPECT_EQ(*run->spec(), spec);
  struct stat info {};
  ASSERT_EQ(::stat(run->path("spec.json").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(*RunDir::nodes(dir.path()), std::vector<std::string>{"127.0.0.1:1"});
}

TEST(RunDir, WritesOverALinkNotThroughIt) {
  const TempDir dir;
  const auto run = RunDir::make(dir.path(), "127.0.0.1:1");
  ASSERT_TRUE(run);
  const std::string victim = dir.path() + "/victim";
  std::ofstream(victim) << "untouched";
  fs::create_symlink(victim, run->path("wanted"));
  ASSERT_TRUE(run->write_wish({Want::kUp, {}}));
  EXPECT_EQ(text_of(victim), "untouched");
  EXPECT_FALSE(fs::is_symlink(run->path("wanted")));
}

TEST(RunDir, LocksAgainstASecond) {
  const TempDir dir;
  const auto run = RunDir::make(dir.path(), "127.0.0.1:1");
  ASSERT_TRUE(run);
  {
    const auto first = run->lock("lock", 0ms);
    ASSERT_TRUE(first);
    const auto second = run->lock("lock", 0ms);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::kConflict);
  }
  EXPECT_TRUE(run->lock("lock", 0ms));
}

TEST(Log, IsCopiedAndEmptiedAboveItsLimitWhileTheWriterKeepsItsDescriptor) {
  const TempDir dir;
  const std::string path = dir.path() + "/log";
  const auto log = open_log(path);
  ASSERT_TRUE(log);
  ASSERT_EQ(::write(log->get(), "0123456789", 10), 10);
  ASSERT_TRUE(cap_log(*log, path, 10));
  EXPECT_EQ(text_of(path), "0123456789") << "at the limit nothing happens";
  ASSERT_EQ(::write(log->get(), "x", 1), 1);
  ASSERT_TRUE(cap_log(*log, path, 10));
  EXPECT_EQ(text_of(path), "");
  EXPECT_EQ(text_of(path + ".1"), "0123456789x");
  ASSERT_EQ(::write(log->get(), "on", 2), 2);
  EXPECT_EQ(text_of(path), "on");
}

TEST(Log, IsEmptiedEvenIfItCannotBeCopied) {
  const TempDir dir;
  const std::string path = dir.path() + "/log";
  const auto log = open_log(path);
  ASSERT_TRUE(log);
  ASSERT_EQ(::write(log->get(), "0123456789", 10), 10);
  fs::create_directory(path + ".1");
  EXPECT_FALSE(cap_log(*log, path, 5));
  EXPECT_EQ(text_of(path), "");
}

TEST(Log, TellsItsLastLines) {
  const TempDir dir;
  const std::string path = dir.path() + "/log";
  std::ofstream(path) << std::string(100'000, 'x') << "\none\ntwo\nthree\n";
  EXPECT_EQ(last_lines(path, 2), (std::vector<std::string>{"two", "three"}));
  EXPECT_EQ(last_lines(path, 99), (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_TRUE(last_lines(path, 0).empty());
  EXPECT_TRUE(last_lines(dir.path() + "/missing", 5).empty());
}

}  // namespace
}  // namespace arcus::daemon
