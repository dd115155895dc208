#include "core/report/table.h"

#include <gtest/gtest.h>

namespace arcus::report {
namespace {

TEST(Table, ColumnsAreAsWideAsTheirWidestCell) {
  Table table({"from", "to", "answer"});
  table.add({"here", "node 10.0.0.1:11211", "ok"});
  table.add({"memcached-1", "zk", "not reachable"});
  EXPECT_EQ(table.text(),
            "from         to                   answer\n"
            "here         node 10.0.0.1:11211  ok\n"
            "memcached-1  zk                   not reachable\n");
}

TEST(Table, NumbersStandToTheRight) {
  Table table({"server", ">connections", "zxid"});
  table.add({"zk1:2181", "7", "0x1"});
  table.add({"zk2:2181", "12345", "0x2"});
  EXPECT_EQ(table.text(),
            "server    connections  zxid\n"
            "zk1:2181            7  0x1\n"
            "zk2:2181        12345  0x2\n");
}

TEST(Table, MissingCellsAreEmptyAndNoLineEndsInBlanks) {
  Table table({"a", "b", ">c"});
  table.add({"long cell"});
  table.add({"x", "", "1"});
  EXPECT_EQ(table.text(),
            "a          b  c\n"
            "long cell\n"
            "x             1\n");
}

TEST(Table, WithoutRowsIsItsHeadings) {
  EXPECT_EQ(Table({"a", ">b"}).text(), "a  b\n");
}

}  // namespace
}  // namespace arcus::report
