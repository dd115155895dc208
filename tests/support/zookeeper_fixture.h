// One ZooKeeper for all tests of a binary, and a fixture that gives each test its own znode.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "core/zk/client.h"
#include "tests/support/zookeeper_server.h"

namespace arcus::tests {

inline Deadline soon() {
  return Deadline::in(std::chrono::seconds(10));
}

inline ZooKeeperServer& server() {
  static ZooKeeperServer one;
  return one;
}

inline std::unique_ptr<zk::Client> connected(zk::Options options = {}) {
  if (options.servers.empty()) options.servers = server().servers();
  auto client = zk::Client::connect(std::move(options), soon());
  if (!client) throw std::runtime_error(client.error().message);
  return std::move(*client);
}

// Ends a session that somebody else holds; to the holder it looks like an expiry, without the wait.
// The holder takes its session back as fast as it can, so that one try may not be enough.
inline void expire(const std::string& servers, const zk::SessionId& session) {
  while (true) {
    zk::Options options;
    options.servers = servers;
    options.resume = session;
    auto taken = zk::Client::connect(std::move(options), soon());
    if (!taken && taken.error().code == ErrorCode::kNotFound) return;
    if (!taken) throw std::runtime_error(taken.error().message);
    (*taken)->close();
  }
}

class ZooKeeperTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!ZooKeeperServer::available()) GTEST_SKIP() << "needs libzookeeper-java and a JRE";
    zk_ = connected();
    const auto created = zk_->create("/test-", "", zk::CreateMode::kPersistentSequential, soon());
    ASSERT_TRUE(created.ok()) << created.error().message;
    root_ = *created;
  }

  std::unique_ptr<zk::Client> zk_;
  std::string root_;  // this test's own znode, version 0
};

}  // namespace arcus::tests
