#include "tests/bench/misses/replay.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <map>
#include <mutex>
#include <sstream>
#include <thread>
#include <vector>

#include "core/base/unique_fd.h"

namespace arcus::bench::misses {
namespace {

// A cache server of unlimited memory, or one that stores nothing. Ends with its clients.
class FakeServer {
 public:
  explicit FakeServer(bool stores = true, std::string spoil = "")
      : listener_(::socket(AF_INET, SOCK_STREAM, 0)), stores_(stores), spoil_(std::move(spoil)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_.get(), 16), 0);
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    accepting_ = std::thread([this] {
      for (int fd; (fd = ::accept(listener_.get(), nullptr, nullptr)) >= 0;) {
        serving_.emplace_back([this, fd] { serve(UniqueFd(fd)); });
      }
    });
  }
  ~FakeServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    accepting_.join();
    for (std::thread& thread : serving_) thread.join();
  }

  HostPort address() const { return {"127.0.0.1", port_}; }
  std::vector<std::string> keys_set() const { return keys_set_; }

 private:
  void serve(UniqueFd fd) {
    std::string in;
    char buffer[4096];
    for (ssize_t got; (got = ::recv(fd.get(), buffer, sizeof buffer, 0)) > 0;) {
      in.append(buffer, static_cast<std::size_t>(got));
      std::string out;
      while (answer(in, out)) {
      }
      if (::send(fd.get(), out.data(), out.size(), MSG_NOSIGNAL) < 0) return;
    }
  }
  // One whole request of `in`, if there is one.
  bool answer(std::string& in, std::string& out) {
    const std::scoped_lock lock(mutex_);
    const std::size_t end = in.find("\r\n");
    if (end == in.npos) return false;
    std::istringstream words(in.substr(0, end));
    std::string verb, key;
    words >> verb;
    if (verb == "set") {
      std::size_t flags, expires, size;
      words >> key >> flags >> expires >> size;
      if (in.size() < end + 2 + size + 2) return false;
      keys_set_.push_back(key);
      if (stores_) values_[key] = spoil_.empty() ? in.substr(end + 2, size) : spoil_;
      out += stores_ ? "STORED\r\n" : "SERVER_ERROR out of memory storing object\r\n";
      in.erase(0, end + 2 + size + 2);
      return true;
    }
    while (words >> key) {
      const auto at = values_.find(key);
      if (at == values_.end()) continue;
      out +=
          "VALUE " + key + " 0 " + std::to_string(at->second.size()) + "\r\n" + at->second + "\r\n";
    }
    out += "END\r\n";
    in.erase(0, end + 2);
    return true;
  }

  UniqueFd listener_;
  const bool stores_;
  const std::string spoil_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::map<std::string, std::string> values_;
  std::vector<std::string> keys_set_;
  std::vector<std::thread> serving_;
  std::thread accepting_;
};

class ListTrace final : public Trace {
 public:
  explicit ListTrace(std::vector<Request> requests) : requests_(std::move(requests)) {}
  bool next(Request& request) override {
    if (at_ == requests_.size()) return false;
    request = requests_[at_++];
    return true;
  }

 private:
  std::vector<Request> requests_;
  std::size_t at_ = 0;
};

std::vector<Request> requests_for(std::initializer_list<std::uint64_t> keys) {
  std::vector<Request> requests;
  for (const std::uint64_t key : keys) requests.push_back({key, 16, 20});
  return requests;
}

TEST(Replay, MissesAKeyOnceAndSetsIt) {
  FakeServer server;
  ListTrace trace(requests_for({1, 2, 1, 1, 3, 2, 1}));
  const Result<Counts> counts = replay(trace, server.address(), {.connections = 2, .batch = 1});
  ASSERT_TRUE(counts.ok()) << counts.error().message;
  EXPECT_EQ(counts->requests, 7u);
  EXPECT_EQ(counts->misses, 3u);
  EXPECT_EQ(counts->refused, 0u);
  EXPECT_EQ(server.keys_set().size(), 3u);
}

TEST(Replay, CountsTheSecondRequestForAKeyInOneRoundAsTheHitItWouldBe) {
  FakeServer server;
  ListTrace trace(requests_for({1, 1, 1, 2, 2}));
  const Result<Counts> counts = replay(trace, server.address(), {.connections = 1, .batch = 100});
  ASSERT_TRUE(counts.ok()) << counts.error().message;
  EXPECT_EQ(counts->requests, 5u);
  EXPECT_EQ(counts->misses, 2u);
}

TEST(Replay, MissesAgainWhatTheServerDidNotStore) {
  FakeServer server(false);
  ListTrace trace(requests_for({1, 1, 1, 2, 2}));
  const Result<Counts> counts = replay(trace, server.address(), {.connections = 1, .batch = 100});
  ASSERT_TRUE(counts.ok()) << counts.error().message;
  EXPECT_EQ(counts->misses, 5u);
  EXPECT_EQ(counts->refused, 5u);
}

TEST(Replay, CarriesValuesOfAllSizes) {
  FakeServer server;
  ListTrace trace({{1, 250, 0}, {2, 11, 1}, {3, 16, 300'000}, {1, 250, 0}, {2, 11, 1}, {3, 16, 1}});
  const Result<Counts> counts = replay(trace, server.address(), {.connections = 1, .batch = 3});
  ASSERT_TRUE(counts.ok()) << counts.error().message;
  EXPECT_EQ(counts->misses, 3u);
}

TEST(Replay, NoticesAnotherKeysValue) {
  FakeServer server(true, "of somebody else");
  ListTrace trace(requests_for({1, 1}));
  const Result<Counts> counts = replay(trace, server.address(), {.connections = 1, .batch = 1});
  ASSERT_FALSE(counts.ok());
  EXPECT_THAT(counts.error().message, testing::HasSubstr("not its key's"));
}

TEST(Counts, LeaveTheWarmUpOut) {
  Counts counts;
  counts.requests = 3500;
  counts.misses_by_thousand = {1000, 300, 100, 50};
  counts.drop_warm_up(0.5);
  EXPECT_EQ(counts.requests, 1500u);
  EXPECT_EQ(counts.misses, 150u);
  EXPECT_DOUBLE_EQ(counts.ratio(), 0.1);
}

}  // namespace
}  // namespace arcus::bench::misses
