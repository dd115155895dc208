#include "core/cluster/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "core/base/text.h"

namespace arcus::cluster {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::string cloud_with_server(const std::string& server) {
  return R"({"serviceCode":"c","servers":[)" + server + "]}";
}
std::string cloud_with_config(const std::string& config) {
  return cloud_with_server(R"({"hostname":"a","ip":"10.0.0.1","config":)" + config + "}");
}
std::string cloud_named(const std::string& code) {
  return R"({"serviceCode":")" + code +
         R"(","servers":[{"hostname":"a","ip":"10.0.0.1","config":{"port":"1"}}]})";
}

// The one complaint about a text that has one.
std::string complaint(const std::string& text) {
  const auto cloud = parse_cloud(text, "x.json");
  return cloud ? "nothing was wrong" : cloud.error().message;
}

TEST(LoadCloud, ReadsTheExampleOfTheWriteUp) {
  const auto cloud = load_cloud(ARCUS_SOURCE_DIR "/conf/ruo91.json");
  ASSERT_TRUE(cloud) << cloud.error().message;
  EXPECT_EQ(cloud->service_code, "ruo91-cloud");
  ASSERT_THAT(cloud->nodes, SizeIs(6));
  for (unsigned i = 0; i < 6; ++i) {
    const Node& node = cloud->nodes[i];
    const std::string number = std::to_string(i / 2 + 1);
    EXPECT_EQ(node.hostname, "memcached-" + number);
    EXPECT_EQ(node.address(), "10.0.0." + number + ":" + std::to_string(11211 + i % 2));
    EXPECT_EQ(node.config, (NodeConfig{6, 100, 1000}));
  }
}

TEST(LoadCloud, ReadsTheLocalCloud) {
  const auto cloud = load_cloud(ARCUS_SOURCE_DIR "/conf/local.json");
  ASSERT_TRUE(cloud) << cloud.error().message;
  EXPECT_EQ(cloud->service_code, "local-cloud");
  ASSERT_THAT(cloud->nodes, SizeIs(2));
  EXPECT_EQ(cloud->nodes[0].address(), "127.0.0.1:11211");
  EXPECT_EQ(cloud->nodes[1].address(), "127.0.0.1:11212");
  EXPECT_EQ(cloud->nodes[1].config, (NodeConfig{2, 64, 1000}));
}

TEST(LoadCloud, SaysWhichFileIsMissing) {
  const auto cloud = load_cloud("/nowhere/x.json");
  ASSERT_FALSE(cloud);
  EXPECT_EQ(cloud.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(cloud.error().message, HasSubstr("/nowhere/x.json"));
}

TEST(LoadCloud, RefusesADirectory) {
  const auto cloud = load_cloud("/tmp");
  ASSERT_FALSE(cloud);
  EXPECT_THAT(cloud.error().message, HasSubstr("/tmp"));
}

TEST(ParseCloud, TakesTheKindOfEngine) {
  const auto engine = [](const std::string& value) {
    return R"({"serviceCode":"s",)" + value +
           R"("servers":[{"hostname":"h","ip":"10.0.0.1","config":{"port":1}}]})";
  };
  EXPECT_EQ(parse_cloud(engine(""), "x")->engine, EngineKind::kBundled);
  EXPECT_EQ(parse_cloud(engine(R"("engine":"foreign",)"), "x")->engine, EngineKind::kForeign);
  EXPECT_EQ(parse_cloud(engine(R"("engine":"memcached",)"), "x")->engine, EngineKind::kMemcached);
  for (const char* wrong : {R"("engine":"redis",)", R"("engine":1,)", R"("engine":null,)"}) {
    EXPECT_THAT(complaint(engine(wrong)), HasSubstr("engine: expected \"bundled\"")) << wrong;
  }
}

TEST(ParseCloud, OverlaysTheServersSettingsOnTheClouds) {
  const auto cloud = parse_cloud(
      R"({"serviceCode":"c","config":{"threads":"6","memlimit":100,"colour":"red"},
          "servers":[{"hostname":"a","ip":"10.0.0.1","config":{"port":11211,"threads":2}}]})",
      "x.json");
  ASSERT_TRUE(cloud) << cloud.error().message;
  EXPECT_EQ(cloud->nodes[0].config, (NodeConfig{2, 100, 1000}));
  EXPECT_EQ(cloud->nodes[0].mapping_config,
            R"({"threads":2,"memlimit":100,"colour":"red","port":11211})");
}

TEST(ParseCloud, TakesNumbersAndStringsAlike) {
  const auto strings = parse_cloud(cloud_with_config(R"({"port":"11211","memlimit":"64"})"), "x");
  const auto numbers = parse_cloud(cloud_with_config(R"({"port":11211,"memlimit":64})"), "x");
  ASSERT_TRUE(strings) << strings.error().message;
  ASSERT_TRUE(numbers) << numbers.error().message;
  EXPECT_EQ(strings->nodes[0].config, numbers->nodes[0].config);
  EXPECT_EQ(strings->nodes[0].port, numbers->nodes[0].port);
}

TEST(ParseCloud, KeepsUnknownKeysOfEveryLevelInTheirOrder) {
  const std::string text =
      R"({"z":1,"serviceCode":"c","servers":[{"rack":[7],"hostname":"a","ip":"10.0.0.1",)"
      R"("config":{"port":"1","x":null}}],"a":{"b":true}})";
  const auto cloud = parse_cloud(text, "x.json");
  ASSERT_TRUE(cloud) << cloud.error().message;
  EXPECT_EQ(cloud->document, text);
}

TEST(ParseCloud, TellsEveryComplaintAtOnceEachWithItsPath) {
  const auto cloud = parse_cloud(R"({
    "serviceCode": "a/b",
    "servers": [
      { "hostname": "a", "ip": "10.0.0.1", "config": { "port": "70000" } },
      { "ip": "ten", "config": { "port": 2, "threads": 0 } },
      "b",
      { "hostname": "c", "ip": "10.0.0.3" }
    ],
    "config": { "memlimit": "lots", "connections": 2 }
  })",
                                 "conf/x.json");
  ASSERT_FALSE(cloud);
  EXPECT_EQ(cloud.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(
      lines(cloud.error().message),
      ElementsAre(
          "conf/x.json: 9 complaints", R"(  serviceCode: expected a name without '/', found "a/b")",
          R"(  config.memlimit: expected a whole number from 1 to 16777216, found "lots")",
          "  config.connections: expected a whole number from 3 to 1000000, found 2",
          R"(  servers[0].config.port: expected a whole number from 1 to 65535, found "70000")",
          "  servers[1].hostname: missing; expected a host name",
          HasSubstr("servers[1].ip: expected an IPv4 address"),
          "  servers[1].config.threads: expected a whole number from 1 to 128, found 0",
          R"(  servers[2]: expected an object with hostname, ip and config, found "b")",
          "  servers[3].config.port: missing; expected a whole number from 1 to 65535"));
}

TEST(ParseCloud, SaysLineAndColumnOfMalformedJson) {
  EXPECT_THAT(complaint("{\n  \"serviceCode\": \"c\",\n  \"servers\" [],\n}"),
              testing::StartsWith("x.json: line 3, column 13: "));
  EXPECT_THAT(complaint("{\"serviceCode\": \"c\""), HasSubstr("line 1, column 19"));
  EXPECT_THAT(complaint("{} {}"), HasSubstr("line 1, column 4"));
  EXPECT_THAT(complaint(" \n"), HasSubstr("empty"));
}

TEST(ParseCloud, RefusesTextThatIsNotUtf8) {
  EXPECT_THAT(complaint("{\"serviceCode\": \"\xff\"}"), HasSubstr("line 1, column 18"));
}

TEST(ParseCloud, ComplainsAboutDuplicateKeysBesideTheRest) {
  const auto message = complaint(
      R"({"serviceCode":"c","servers":[{"hostname":"a","ip":"10.0.0.1","ip":"10.0.0.2",
          "config":{"port":0}}]})");
  EXPECT_THAT(message, HasSubstr("servers[0].ip: this key is there twice"));
  EXPECT_THAT(message, HasSubstr("servers[0].config.port"));
}

TEST(ParseCloud, CapsTheDepth) {
  const auto nested = [](std::size_t levels) {  // the object around it is one of them
    const std::string servers = R"([{"hostname":"a","ip":"10.0.0.1","config":{"port":1}}])";
    return R"({"serviceCode":"c","servers":)" + servers + R"(,"x":)" +
           std::string(levels - 1, '[') + std::string(levels - 1, ']') + "}";
  };
  EXPECT_TRUE(parse_cloud(nested(32), "x"));
  EXPECT_THAT(complaint(nested(33)), HasSubstr("nested more than 32 levels"));
  const std::string bomb(1'000'000, '[');
  EXPECT_THAT(complaint(bomb), HasSubstr("nested more than 32 levels"));
}

TEST(ParseCloud, WantsAnObjectWithServersInIt) {
  EXPECT_THAT(complaint("[]"), HasSubstr("expected a JSON object, found an array"));
  EXPECT_THAT(complaint(R"({"serviceCode":"c"})"), HasSubstr("servers: missing"));
  EXPECT_THAT(complaint(R"({"serviceCode":"c","servers":{}})"), HasSubstr("an array of servers"));
  EXPECT_THAT(complaint(R"({"serviceCode":"c","servers":[]})"), HasSubstr("servers: empty"));
  EXPECT_THAT(complaint(R"({"serviceCode":"c","config":3,"servers":[]})"),
              HasSubstr("config: expected an object, found 3"));
}

TEST(ParseCloud, HoldsTheServiceCodeToWhatAZnodeCanBeCalled) {
  EXPECT_THAT(complaint(R"({"servers":[]})"), HasSubstr("serviceCode: missing"));
  EXPECT_THAT(complaint(R"({"serviceCode":7,"servers":[]})"), HasSubstr("serviceCode: expected"));
  for (const char* bad : {"", "a/b", "a^b", "a b", "a\\tb", "a\\u0000b", "a\\u0085b", ".", ".."}) {
    EXPECT_THAT(complaint(cloud_named(bad)), HasSubstr("serviceCode: ")) << bad;
  }
  EXPECT_TRUE(parse_cloud(cloud_named(std::string(128, 'x')), "x"));
  EXPECT_THAT(complaint(cloud_named(std::string(129, 'x'))), HasSubstr("at most 128"));
}

TEST(ParseCloud, HoldsHostNamesToWhatHostsAreCalled) {
  for (const std::string& bad : {std::string(), std::string("a b"), std::string("a/b"),
                                 std::string("-a"), std::string("a;b"), std::string(129, 'x')}) {
    EXPECT_THAT(complaint(cloud_with_server(R"({"hostname":")" + bad +
                                            R"(","ip":"10.0.0.1","config":{"port":1}})")),
                HasSubstr("servers[0].hostname: expected a host name"))
        << bad;
  }
  EXPECT_TRUE(parse_cloud(cloud_with_server(R"({"hostname":"A_b-1.x","ip":"10.0.0.1",)"
                                            R"("config":{"port":1}})"),
                          "x"));
}

TEST(ParseCloud, TakesIpv4LiteralsOnly) {
  for (const char* bad : {"memcached-1", "::1", "10.0.0", "10.0.0.256", "0.0.0.0", "224.0.0.1",
                          "255.255.255.255", " 10.0.0.1"}) {
    EXPECT_THAT(complaint(cloud_with_server(R"({"hostname":"a","ip":")" + std::string(bad) +
                                            R"(","config":{"port":1}})")),
                HasSubstr("servers[0].ip: expected an IPv4 address"))
        << bad;
  }
}

TEST(ParseCloud, HoldsNumbersToTheirRanges) {
  for (const char* bad :
       {R"({"port":0})", R"({"port":65536})", R"({"port":"-1"})", R"({"port":1.5})",
        R"({"port":true})", R"({"port":null})", R"({"port":1,"threads":129})",
        R"({"port":1,"threads":"six"})", R"({"port":1,"memlimit":0})",
        R"({"port":1,"memlimit":-5})", R"({"port":1,"connections":1000001})"}) {
    EXPECT_THAT(complaint(cloud_with_config(bad)), HasSubstr("expected a whole number")) << bad;
  }
  for (const char* good :
       {R"({"port":65535})", R"({"port":1,"threads":128})", R"({"port":1,"connections":3})",
        R"({"port":1,"connections":1000000})", R"({"port":1,"memlimit":1})"}) {
    EXPECT_TRUE(parse_cloud(cloud_with_config(good), "x")) << good;
  }
}

TEST(ParseCloud, RefusesTheSameAddressTwice) {
  const std::string server = R"({"hostname":"a","ip":"10.0.0.1","config":{"port":"11211"}})";
  EXPECT_EQ(complaint(cloud_with_server(server + "," + server)),
            "x.json: servers[1]: 10.0.0.1:11211 is taken by servers[0]");
}

TEST(ParseCloud, RefusesAHostWithTwoAddressesAndAnAddressWithTwoHosts) {
  const std::string first = R"({"hostname":"a","ip":"10.0.0.1","config":{"port":1}},)";
  EXPECT_EQ(complaint(cloud_with_server(first +
                                        R"({"hostname":"a","ip":"10.0.0.2","config":{"port":1}})")),
            "x.json: servers[1].ip: host a has 10.0.0.2 here and 10.0.0.1 in servers[0]");
  EXPECT_EQ(complaint(cloud_with_server(first +
                                        R"({"hostname":"b","ip":"10.0.0.1","config":{"port":2}})")),
            "x.json: servers[1].hostname: 10.0.0.1 is b here and a in servers[0]");
}

TEST(ParseCloud, ShowsNoEscapeCodesOfAHostileFile) {
  EXPECT_THAT(complaint(cloud_named("\\u001b[2J x")), Not(HasSubstr("\x1b")));
}

TEST(Znode, DocumentHasTheTimesAndReadsBack) {
  const auto cloud = parse_cloud(cloud_named("c"), "x");
  ASSERT_TRUE(cloud);
  const auto fresh = document_for_znode(*cloud, "2014-05-01 10:00:00.000001");
  EXPECT_THAT(fresh, HasSubstr(R"("created":"2014-05-01 10:00:00.000001")"));
  EXPECT_THAT(fresh, Not(HasSubstr("modified")));

  const auto updated = document_for_znode(*cloud, "2014-05-01 10:00:00.000001", "later");
  const Cloud back = parse_cloud_znode(updated, "c");
  EXPECT_EQ(back.created, "2014-05-01 10:00:00.000001");
  EXPECT_EQ(back.modified, "later");
  EXPECT_EQ(back.document, cloud->document);
  EXPECT_EQ(back.nodes, cloud->nodes);
  EXPECT_THAT(back.warnings, IsEmpty());
}

TEST(Znode, TimesInAFileAreNotTheZnodes) {
  const auto cloud = parse_cloud(
      R"({"serviceCode":"c","created":"old","servers":[{"hostname":"a","ip":"10.0.0.1",
          "config":{"port":1}}]})",
      "x");
  ASSERT_TRUE(cloud);
  EXPECT_THAT(cloud->created, IsEmpty());
  EXPECT_THAT(cloud->document, Not(HasSubstr("created")));
}

TEST(Znode, OtherToolsDocumentsAreTakenAsFarAsTheyGo) {
  for (const char* data : {"", "0", "arcus 1.0", "[]", "{"}) {
    const Cloud cloud = parse_cloud_znode(data, "c");
    EXPECT_EQ(cloud.service_code, "c");
    EXPECT_THAT(cloud.nodes, IsEmpty());
    EXPECT_THAT(cloud.warnings, ElementsAre(HasSubstr("/arcus/cache_list/c"))) << data;
  }
  const Cloud half = parse_cloud_znode(
      R"({"servers":[{"hostname":"a","ip":"10.0.0.1","config":{"port":"1"}},{"ip":"10.0.0.2"}]})",
      "c");
  ASSERT_THAT(half.nodes, SizeIs(1));
  EXPECT_EQ(half.nodes[0].address(), "10.0.0.1:1");
  EXPECT_THAT(half.warnings, Not(IsEmpty()));
}

TEST(Znode, MappingsFallBackToTheDefaults) {
  EXPECT_EQ(parse_mapping(R"({"port": "1", "memlimit": "64"})"), (NodeConfig{6, 64, 1000}));
  EXPECT_EQ(parse_mapping("junk"), NodeConfig{});
}

TEST(SameJson, LooksAtValuesOnly) {
  EXPECT_TRUE(same_json(R"({"a": "1", "b": [2]})", R"({"b":[2],"a":"1"})"));
  EXPECT_FALSE(same_json(R"({"a":"1"})", R"({"a":1})"));
  EXPECT_FALSE(same_json("", ""));
}

TEST(Conf, EveryCloudInItLoads) {
  unsigned loaded = 0;
  for (const auto& entry : std::filesystem::directory_iterator(ARCUS_SOURCE_DIR "/conf")) {
    if (entry.path().extension() != ".json" || entry.path().filename() == "arcus.json") continue;
    const auto cloud = load_cloud(entry.path());
    EXPECT_TRUE(cloud) << (cloud ? "" : cloud.error().message);
    ++loaded;
  }
  EXPECT_GE(loaded, 2u);
}

}  // namespace
}  // namespace arcus::cluster
