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

std::string path_of(const std::string& name) {
  return ARCUS_SOURCE_DIR "/tests/protocol/conversations/" + name + ".txt";
}

class ConversationTest : public testing::TestWithParam<std::string> {
 protected:
  Conversation conversation() const { return load_conversation(path_of(GetParam())); }
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

INSTANTIATE_TEST_SUITE_P(Conversations, ConversationTest, testing::ValuesIn(conversation_names()),
                         [](const auto& one) { return one.param; });

class PeerTest : public ConversationTest {};

TEST_P(PeerTest, AnswersTheSame) {
  if (!std::filesystem::exists(kPeer)) GTEST_SKIP() << "needs memcached";
  const Conversation spoken = conversation();
  EngineOptions peer = options(spoken, "1");
  peer.binary = kPeer;
  const EngineProcess memcached(std::move(peer));
  EXPECT_EQ(play(spoken, memcached.port(), true), "");
}

std::vector<std::string> names_for_peer() {
  std::vector<std::string> names = conversation_names();
  std::erase_if(names, [](const auto& name) { return !load_conversation(path_of(name)).for_peer; });
  return names;
}

INSTANTIATE_TEST_SUITE_P(Memcached, PeerTest, testing::ValuesIn(names_for_peer()),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace arcus::tests
