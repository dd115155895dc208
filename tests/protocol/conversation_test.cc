// Plays every conversation in conversations/ with one and with four worker threads, and against
// Debian's memcached where it is installed.
#include "tests/protocol/conversation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/protocol/engine_process.h"

namespace arcus::tests {
namespace {

constexpr const char* kPeer = "/usr/bin/memcached";

std::vector<std::string> conversation_names() {
  std::vector<std::string> names;
  const std::string folder = ARCUS_SOURCE_DIR "/tests/protocol/conversations";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".txt") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class ConversationTest : public testing::TestWithParam<std::string> {
 protected:
  Conversation conversation() const {
    return load_conversation(ARCUS_SOURCE_DIR "/tests/protocol/conversations/" + GetParam() +
                             ".txt");
  }
  static EngineOptions options(const Conversation& conversation, const char* threads) {
    EngineOptions options;
    options.arguments = conversation.server_arguments;
    options.arguments.insert(options.arguments.end(), {"-t", threads});
    return options;
  }
};

TEST_P(ConversationTest, GoesAsWrittenWithOneThread) {
  const Conversation spoken = conversation();
  const EngineProcess engine(options(spoken, "1"));
  EXPECT_EQ(play(spoken, engine.port(), false), "");
}

TEST_P(ConversationTest, GoesAsWrittenWithFourThreads) {
  const Conversation spoken = conversation();
  const EngineProcess engine(options(spoken, "4"));
  EXPECT_EQ(play(spoken, engine.port(), false), "");
}

TEST_P(ConversationTest, IsWhatMemcachedAnswersToo) {
  const Conversation spoken = conversation();
  if (!spoken.for_peer) GTEST_SKIP() << "differs on purpose";
  if (!std::filesystem::exists(kPeer)) GTEST_SKIP() << "needs memcached";
  EngineOptions peer = options(spoken, "1");
  peer.binary = kPeer;
  const EngineProcess memcached(std::move(peer));
  EXPECT_EQ(play(spoken, memcached.port(), true), "");
}

INSTANTIATE_TEST_SUITE_P(Conversations, ConversationTest, testing::ValuesIn(conversation_names()),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace arcus::tests
