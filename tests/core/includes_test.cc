// Holds the sources to the directions of the house: who may include whom, and which folder alone
// knows a library.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace arcus {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A folder may include itself and those listed with it, and nothing else of ours.
const std::map<std::string, std::set<std::string>>& directions() {
  static const std::set<std::string> kDaemonMain = {
      "core/arcus",        "core/base",  "core/zk",         "daemon/auth",  "daemon/command",
      "daemon/membership", "daemon/net", "daemon/protocol", "daemon/store", "daemon/supervisor"};
  static const std::map<std::string, std::set<std::string>> kTable = {
      {"core/base", {}},
      {"core/arcus", {"core/base"}},
      {"core/cluster", {"core/base", "core/arcus"}},
      {"core/plan", {"core/base", "core/arcus", "core/cluster"}},
      {"core/ssh", {"core/base"}},
      {"core/zk", {"core/base"}},
      {"core/pack", {"core/base"}},
      {"core/exec",
       {"core/base", "core/arcus", "core/cluster", "core/plan", "core/ssh", "core/zk",
        "core/pack"}},
      {"core/report", {"core/base", "core/arcus", "core/cluster", "core/plan"}},
      {"tools",
       {"core/base", "core/arcus", "core/cluster", "core/plan", "core/ssh", "core/zk", "core/pack",
        "core/exec", "core/report"}},
      {"daemon", kDaemonMain},
      {"daemon/net", {"core/base", "core/arcus", "daemon", "daemon/command", "daemon/protocol"}},
      {"daemon/protocol", {"core/base", "core/arcus"}},
      {"daemon/command",
       {"core/base", "core/arcus", "daemon", "daemon/protocol", "daemon/auth", "daemon/collection",
        "daemon/store"}},
      {"daemon/auth", {"core/base", "core/zk"}},
      {"daemon/memory", {"core/base"}},
      {"daemon/collection", {"core/base", "daemon/memory"}},
      {"daemon/store", {"core/base", "core/arcus", "daemon/memory", "daemon/collection"}},
      {"daemon/supervisor", {"core/base", "core/arcus", "daemon/membership"}},
      {"daemon/membership", {"core/base", "core/arcus", "core/zk"}},
  };
  return kTable;
}

// Libraries, by how their headers begin, and the only folders that may know them.
struct Library {
  std::string prefix;
  std::set<std::string> folders;
};
const std::vector<Library>& libraries() {
  static const std::vector<Library> kTable = {
      {"libssh/", {"core/ssh"}},     {"zookeeper/", {"core/zk"}}, {"zookeeper.h", {}},
      {"archive", {"core/pack"}},    {"zlib.h", {"core/pack"}},   {"openssl/", {"core/pack"}},
      {"sasl/", {"daemon/auth"}},
      {"CLI/", {"tools", "daemon"}},  // of arcus and of arcus-supervise
  };
  return kTable;
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

// What is wrong with `line` of the file `source`; empty when nothing is.
std::string complaint(const std::string& source, const std::string& line) {
  const auto hash = line.find_first_not_of(" \t");
  if (hash == std::string::npos || line[hash] != '#') return "";
  const auto word = line.find_first_not_of(" \t", hash + 1);
  if (word == std::string::npos || line.compare(word, 7, "include") != 0) return "";
  const auto open = line.find_first_of("<\"", word);
  const auto close = line.find_first_of(">\"", open + 1);
  if (open == std::string::npos || close == std::string::npos) return "";
  const std::string header = line.substr(open + 1, close - open - 1);
  const std::string folder = folder_of(source);
  const std::string what = source + " includes " + header;

  for (const auto& library : libraries()) {
    if (header.starts_with(library.prefix) && library.folders.count(folder) == 0) {
      return what + ", a library that is not for " + folder;
    }
  }
  const std::string target = folder_of(header);
  const bool ours = directions().count(target) != 0;
  if (line[open] == '<') return ours ? what + " in angle brackets" : "";
  if (!ours) return what + ", which is not written as a path from the top";
  const auto allowed = directions().find(folder);
  if (allowed == directions().end()) return source + ": its folder is not in the table";
  if (target == folder || allowed->second.count(target) != 0) return "";
  return what + ", but " + folder + " may not know " + target;
}

bool is_source(const std::filesystem::path& path) {
  const auto extension = path.extension();
  return extension == ".h" || extension == ".cc" || extension == ".def";
}

struct Graph {
  std::size_t files = 0;
  std::vector<std::string> complaints;
};

Graph read_sources() {
  Graph graph;
  const std::filesystem::path top = ARCUS_SOURCE_DIR;
  for (const char* part : {"core", "daemon", "tools"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(top / part)) {
      if (!entry.is_regular_file() || !is_source(entry.path())) continue;
      ++graph.files;
      const std::string source = entry.path().lexically_relative(top).string();
      std::ifstream file(entry.path());
      for (std::string line; std::getline(file, line);) {
        if (auto found = complaint(source, line); !found.empty()) {
          graph.complaints.push_back(std::move(found));
        }
      }
    }
  }
  return graph;
}

TEST(Includes, PointInTheDirectionsOfTheHouse) {
  const Graph graph = read_sources();
  EXPECT_GT(graph.files, 100u);
  EXPECT_THAT(graph.complaints, IsEmpty());
}

TEST(Includes, AgainstADirectionAreNoticed) {
  for (const auto& [source, header] : std::vector<std::pair<std::string, std::string>>{
           {"core/base/text.cc", "core/arcus/names.h"},
           {"core/arcus/ring.cc", "core/cluster/model.h"},
           {"core/cluster/load.cc", "core/plan/step.h"},
           {"core/plan/plan_deploy.cc", "core/exec/transport.h"},
           {"core/ssh/session.cc", "core/zk/client.h"},
           {"core/report/table.cc", "core/exec/executor.h"},
           {"core/exec/lane.cc", "core/report/style.h"},
           {"core/exec/lane.cc", "tools/session.h"},
           {"tools/main.cc", "daemon/config.h"},
           {"daemon/main.cc", "tools/session.h"},
           {"daemon/main.cc", "core/cluster/model.h"},
           {"daemon/supervisor/start.cc", "core/zk/client.h"},
           {"daemon/membership/joining.cc", "daemon/store/store.h"},
           {"daemon/membership/joining.cc", "daemon/net/server.h"},
           {"daemon/auth/exchange.cc", "daemon/net/server.h"},
           {"daemon/auth/exchange.cc", "daemon/command/session.h"},
           {"daemon/protocol/reply.cc", "daemon/store/item.h"},
           {"daemon/protocol/reply.cc", "daemon/net/connection.h"},
           {"daemon/store/store.cc", "daemon/protocol/request.h"}}) {
    EXPECT_THAT(complaint(source, "#include \"" + header + "\""), HasSubstr("may not know"))
        << source << " " << header;
  }
}

TEST(Includes, OfALibraryOutsideItsFolderAreNoticed) {
  for (const auto& [source, header] : std::vector<std::pair<std::string, std::string>>{
           {"core/exec/lane.cc", "libssh/libssh.h"},
           {"daemon/membership/joining.cc", "zookeeper/zookeeper.h"},
           {"core/zk/client.cc", "zookeeper.h"},
           {"tools/packager.cc", "archive_entry.h"},
           {"core/cluster/load.cc", "CLI/CLI.hpp"}}) {
    EXPECT_THAT(complaint(source, "#  include <" + header + ">"), HasSubstr("not for"))
        << source << " " << header;
  }
  EXPECT_EQ(complaint("core/pack/archive.cc", "#include <archive.h>"), "");
  EXPECT_EQ(complaint("core/zk/client.cc", "#include <zookeeper/zookeeper.h>"), "");
}

TEST(Includes, ThatHideTheirFolderAreNoticed) {
  EXPECT_THAT(complaint("core/exec/lane.cc", "#include \"lane.h\""), HasSubstr("from the top"));
  EXPECT_THAT(complaint("core/base/text.cc", "#include \"../plan/step.h\""),
              HasSubstr("from the top"));
  EXPECT_THAT(complaint("core/base/text.cc", "#include <core/plan/step.h>"),
              HasSubstr("angle brackets"));
  EXPECT_EQ(complaint("core/base/text.cc", "#include <core.h>"), "");
  EXPECT_THAT(complaint("daemon/new/thing.cc", "#include \"core/base/text.h\""),
              HasSubstr("not in the table"));
}

}  // namespace
}  // namespace arcus
