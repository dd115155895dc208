// Statistics that name things which differ from run to run, so that no conversation can tell them.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "tests/protocol/engine_process.h"

namespace arcus::tests {
namespace {

using Connections = std::map<std::string, std::map<std::string, std::string>>;

// STAT <descriptor>:<field> <value>
Connections connections_of(const std::string& text) {
  Connections connections;
  for (const auto& line : lines(text)) {
    const auto words = split(line, ' ');
    if (words.size() != 3) continue;
    const auto colon = words[1].find(':');
    std::string value = words[2];
    while (value.ends_with('\r')) value.pop_back();
    connections[words[1].substr(0, colon)][words[1].substr(colon + 1)] = value;
  }
  return connections;
}

std::string address_of(const Client& client) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(client.fd(), reinterpret_cast<sockaddr*>(&address), &size);
  return "tcp:127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

std::string ask_for_connections(Client& client) {
  return client.ask("stats conns\r\n", "END\r\n");
}

TEST(StatsConns, ShowsEveryConnectionAndWhatItIsDoing) {
  const EngineProcess engine({.arguments = {"-t", "2"}});
  Client waits(engine);
  Client sends_a_value(engine);
  Client asks(engine);
  EXPECT_EQ(waits.ask("mn\r\n"), "MN\r\n");
  sends_a_value.send("mn\r\nset a 0 0 100000\r\nhalf of it");
  EXPECT_EQ(sends_a_value.line(), "MN");
  const std::string listens = "tcp:127.0.0.1:" + std::to_string(engine.port());

  std::map<std::string, std::string> states;
  std::set<std::string> local;
  const auto deadline = Deadline::in(std::chrono::seconds(10));
  do {  // until the half of the value has been read, too
    for (const auto& [number, fields] : connections_of(ask_for_connections(asks))) {
      states[fields.at("addr")] = fields.at("state");
      if (fields.contains("listen_addr")) local.insert(fields.at("listen_addr"));
      EXPECT_LT(std::stoi(fields.at("secs_since_last_cmd")), 60) << number;
    }
  } while (states[address_of(sends_a_value)] != "conn_nread" && !deadline.passed());
  EXPECT_EQ(states.size(), 4u);
  EXPECT_EQ(states[listens], "conn_listening");
  EXPECT_EQ(states[address_of(waits)], "conn_read");
  EXPECT_EQ(states[address_of(sends_a_value)], "conn_nread");
  EXPECT_TRUE(states.contains(address_of(asks)));
  EXPECT_EQ(local, std::set<std::string>{listens});
}

TEST(StatsConns, ComesInPartsWhenThereAreMany) {
  const EngineProcess engine({.arguments = {"-t", "3"}});
  std::vector<Client> clients;
  for (int i = 0; i < 700; ++i) clients.emplace_back(engine);
  for (auto& client : clients) EXPECT_EQ(client.ask("mn\r\n"), "MN\r\n");
  EXPECT_EQ(connections_of(ask_for_connections(clients[0])).size(), 701u);
}

TEST(StatsMemory, TellsTheMemoryOfTheStore) {
  const EngineProcess engine({.arguments = {"-m", "64"}});
  Client client(engine);
  const auto stat = [&](const std::string& form, const std::string& name) {
    const std::string text = client.ask("stats" + form + "\r\n", "END\r\n");
    const auto at = text.find("STAT " + name + " ");
    return at == std::string::npos ? 0 : std::stoull(text.substr(at + name.size() + 6));
  };
  EXPECT_EQ(stat(" items", "items:1:number"), 0u);
  const std::string value(1000, 'v');
  for (int i = 0; i < 10'000; ++i) {
    client.send("set k" + std::to_string(i) + " 0 0 1000 noreply\r\n" + value + "\r\n");
  }
  EXPECT_EQ(client.ask("mn\r\n"), "MN\r\n");
  EXPECT_EQ(stat("", "curr_items"), 10'000u);
  EXPECT_EQ(stat(" items", "items:1:number"), 10'000u);
  EXPECT_GT(stat("", "bytes"), 10'000'000u);
  EXPECT_LT(stat("", "bytes"), 10'200'000u);
  EXPECT_EQ(stat(" slabs", "total_malloced"), stat("", "memory_used"));
  EXPECT_GE(stat(" slabs", "1:total_chunks") * stat(" slabs", "1:chunk_size"), stat("", "bytes"));
  EXPECT_LE(stat("", "memory_used"), 64u << 20);
  EXPECT_GT(stat("", "rss_bytes"), 1u << 20);
}

}  // namespace
}  // namespace arcus::tests
