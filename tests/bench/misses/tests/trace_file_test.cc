#include "tests/bench/misses/trace_file.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace arcus::bench::misses {
namespace {

class TraceFileTest : public testing::Test {
 protected:
  std::string write(std::string_view text) {
    std::ofstream(path_) << text;
    return path_;
  }
  void TearDown() override { std::filesystem::remove(path_); }

  const std::string path_ =
      testing::TempDir() + "trace_file_test." + std::to_string(::getpid()) + ".csv";
};

TEST_F(TraceFileTest, ReadsTwittersLines) {
  TraceFile file(
      write("0,q:q:1:8WTfjZU14ee,17,213,4,get,0\n"
            "0,yDqF:3q:1AJrrJ1nnCJKKrnGx1A,27,27,5,set,86400\n"
            "1,q:q:1:8WTfjZU14ee,17,213,6,delete,0\n"
            "1,a,key,with,commas,17,0,6,gets,0\n"
            "2,q:q:1:8WTfjZU14ee,17,213,6,get,0\n"));
  Request first, second, third, fourth;
  ASSERT_TRUE(file.next(first) && file.next(second) && file.next(third) && file.next(fourth));
  EXPECT_EQ(first.key_size, 17u);
  EXPECT_EQ(first.value_size, 213u);
  EXPECT_EQ(second.key_size, 27u);
  EXPECT_EQ(second.value_size, 27u);
  EXPECT_NE(second.key, first.key);
  EXPECT_EQ(third.value_size, 0u);
  EXPECT_EQ(fourth, first);
  EXPECT_FALSE(file.next(first));
  EXPECT_TRUE(file.status().ok());
}

TEST_F(TraceFileTest, ReadsKeysWithAndWithoutASize) {
  TraceFile file(write("# key size\nabc 1000\n\nabc\t20\r\nanother-key-of-23-bytes\n"));
  Request first, second, third;
  ASSERT_TRUE(file.next(first) && file.next(second) && file.next(third));
  EXPECT_EQ(first.key, second.key);
  EXPECT_EQ(first.key_size, kLeastKeySize);
  EXPECT_EQ(first.value_size, 1000u);
  EXPECT_EQ(second.value_size, 20u);
  EXPECT_EQ(third.key_size, 23u);
  EXPECT_FALSE(file.next(first));
  EXPECT_TRUE(file.status().ok());
}

TEST_F(TraceFileTest, TellsTheLineItDoesNotUnderstand) {
  TraceFile file(write("abc 1000\nabc many\nabc 1\n"));
  Request request;
  EXPECT_TRUE(file.next(request));
  EXPECT_FALSE(file.next(request));
  ASSERT_FALSE(file.status().ok());
  EXPECT_TRUE(file.status().error().message.starts_with("line 2: "));
  EXPECT_FALSE(parse_trace_line("0,key,x,213,4,get,0").ok());
  EXPECT_FALSE(parse_trace_line("abc 99999999999").ok());
}

TEST_F(TraceFileTest, ThatIsNotThereIsAnError) {
  TraceFile file("/nonexistent/trace.csv");
  Request request;
  EXPECT_FALSE(file.next(request));
  EXPECT_FALSE(file.status().ok());
}

}  // namespace
}  // namespace arcus::bench::misses
