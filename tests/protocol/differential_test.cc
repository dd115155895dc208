// The same random requests to our engine and to Debian's memcached: their replies are the same,
// byte for byte, but for what is normalised here and argued for in docs/protocol-differences.md.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "tests/protocol/engine_process.h"
#include "tests/protocol/request_generator.h"

namespace arcus::tests {
namespace {

constexpr const char* kPeer = "/usr/bin/memcached";

// One server's CAS ids, in the order in which they were told first: the servers number differently,
// but what is equal or differs on one must do so on the other.
class CasIds {
 public:
  std::size_t size() const { return ids_.size(); }

  std::string number_of(const std::string& id) {
    // A failure is told as id 0.
    if (id == "0") return id;
    const auto [at, fresh] = numbers_.try_emplace(id, ids_.size());
    if (fresh) ids_.push_back(id);
    return "{" + std::to_string(at->second) + "}";
  }
  std::string fill_in(std::string request) const {
    for (std::size_t at = 0; (at = request.find('{', at)) != std::string::npos;) {
      const std::size_t end = request.find('}', at);
      const std::string& id = ids_.at(std::stoul(request.substr(at + 1, end - at - 1)));
      request.replace(at, end - at + 1, id);
      at += id.size();
    }
    return request;
  }

 private:
  std::vector<std::string> ids_;
  std::map<std::string, std::size_t> numbers_;
};

// One word of a meta command's answer.
std::string normalised_flag(const std::string& word, CasIds& ids) {
  const auto number = parse_number(word.substr(1));
  if (!number) return word;
  if (word[0] == 'c') return "c" + ids.number_of(word.substr(1));
  if (word[0] != 't') return word;
  // A second may pass between the two.
  if (*number >= 90 && *number <= 100) return "t100";
  // An item that is over but was asked for before: memcached's difference wraps around.
  return *number > 4'000'000'000 ? "t0" : word;
}

std::string normalised(const std::string& line, CasIds& ids) {
  if (line == "ERROR unknown command" || line == "ERROR no matching stat") return "ERROR";
  if (line.starts_with("VERSION ")) return "VERSION";
  auto words = split(line, ' ');
  const std::set<std::string> codes = {"HD", "VA", "EX", "NS", "NF"};
  if (words[0] == "VALUE" && words.size() == 5) words[4] = ids.number_of(words[4]);
  if (codes.contains(words[0])) {
    for (std::size_t i = 1; i < words.size(); ++i) words[i] = normalised_flag(words[i], ids);
  }
  return join(words, " ");
}

class Side {
 public:
  explicit Side(EngineOptions options) : process_(std::move(options)), client_(process_) {}

  // Sends in pieces of `most` bytes at most; 0: all at once.
  void send(const std::string& requests, std::size_t most) {
    std::string_view left = requests;
    while (!left.empty()) {
      const std::size_t size = most == 0 ? left.size() : std::min(most, left.size());
      client_.send(left.substr(0, size));
      left.remove_prefix(size);
    }
  }
  std::vector<std::string> lines_until(const std::string& last) {
    const std::string text = client_.ask("", last + "\r\n");
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find("\r\n", at), text.size());
      lines.push_back(normalised(text.substr(at, end - at), ids));
      at = end + 2;
    }
    return lines;
  }

  CasIds ids;

 private:
  EngineProcess process_;
  Client client_;
};

std::string first_difference(const std::vector<std::string>& ours,
                             const std::vector<std::string>& peers) {
  for (std::size_t i = 0; i < std::max(ours.size(), peers.size()); ++i) {
    const std::string mine = i < ours.size() ? ours[i] : "nothing";
    const std::string theirs = i < peers.size() ? peers[i] : "nothing";
    if (mine != theirs) {
      return "line " + std::to_string(i) + "\n  ours:      " + printable(mine.substr(0, 200)) +
             "\n  memcached: " + printable(theirs.substr(0, 200));
    }
  }
  return "";
}

bool is_arithmetic(const std::string& request) {
  const std::string verb = request.substr(request.find_first_not_of(' '));
  return verb.starts_with("incr") || verb.starts_with("decr") || verb.starts_with("ma");
}

class DifferentialTest : public testing::TestWithParam<std::uint32_t> {};

TEST_P(DifferentialTest, RandomRequestsAreAnsweredAlike) {
  if (!std::filesystem::exists(kPeer)) GTEST_SKIP() << "needs memcached";
  constexpr int kBatches = 250;
  constexpr std::size_t kRequests = 16;
  Side ours({.arguments = {"-t", "1"}});
  // Its background threads would hold on to items now and then.
  Side peer({.binary = kPeer, .arguments = {"-t", "1", "-o", "no_lru_maintainer,no_lru_crawler"}});
  RequestGenerator generator(GetParam());
  std::string first;
  // So that 1 is nobody's CAS id any more.
  for (Side* side : {&ours, &peer})
    side->send("set a 0 0 0 noreply\r\n\r\ndelete a noreply\r\n", 0);
  for (int batch = 0; batch < kBatches; ++batch) {
    std::vector<std::string> requests = {std::move(first)};
    // memcached keeps a number's length if nothing of the item is on its way to a client just then:
    // so arithmetic comes first in a batch, when nothing is.
    do {
      first = generator.next(ours.ids.size());
      if (is_arithmetic(first)) break;
      requests.push_back(std::exchange(first, ""));
    } while (requests.size() < kRequests);
    // A value that was too short takes some of what follows it: of the mn.
    const std::string name = "batch" + std::to_string(batch);
    requests.push_back("mn\r\nmn\r\n");
    for (const auto& key : RequestGenerator::keys()) {
      requests.push_back("mg " + key + " s f c t v u\r\n");
    }
    requests.push_back("mg " + name + " k\r\n");
    std::string all;
    for (const auto& request : requests) all += request;

    ours.send(ours.ids.fill_in(all), batch % 3 == 0 ? 1 + static_cast<std::size_t>(batch) : 0);
    peer.send(peer.ids.fill_in(all), 0);
    const std::string last = "EN k" + name;
    const auto ours_lines = ours.lines_until(last);
    const auto peer_lines = peer.lines_until(last);
    const std::string difference = first_difference(ours_lines, peer_lines);
    if (difference.empty()) continue;
    std::string said;
    for (const auto& request : requests) said += "> " + printable(request.substr(0, 300)) + "\n";
    FAIL() << "batch " << batch << ", " << difference << "\n" << said;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, DifferentialTest, testing::Range(1u, 9u));

}  // namespace
}  // namespace arcus::tests
