// Random commands to collections, answered by the engine and by a plain model of them. What differs
// is shrunk to a short conversation and shown.
//
// ARCUS_MODEL_OPERATIONS: how many a seed; ARCUS_MODEL_SEED: one seed instead of the usual ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/base/text.h"
#include "tests/protocol/collection_operations.h"
#include "tests/protocol/engine_process.h"

namespace arcus::tests {
namespace {

using Operations = std::vector<CollectionOperation>;

std::uint32_t number_from(const char* variable, std::uint32_t otherwise) {
  const char* const text = std::getenv(variable);
  return text != nullptr ? static_cast<std::uint32_t>(std::stoul(text)) : otherwise;
}

// The elements between the first line and the last in an order that both have.
std::string in_order(const std::string& text) {
  auto parts = lines(text);
  if (parts.size() > 3) std::sort(parts.begin() + 1, parts.end() - 1);
  return join(parts, "\n");
}

bool same(const CollectionOperation& operation, const std::string& ours,
          const std::string& models) {
  if (ours == models) return true;
  return operation.unordered && in_order(ours) == in_order(models);
}

class CollectionModelTest : public testing::TestWithParam<std::uint32_t> {
 protected:
  // From an empty engine and an empty model on: the number of the first that differs, or all.
  std::size_t first_difference(const Operations& operations) {
    client_.ask("flush_all\r\n");
    CollectionModel model;
    constexpr std::size_t kAtOnce = 100;
    for (std::size_t begin = 0; begin < operations.size(); begin += kAtOnce) {
      const std::size_t end = std::min(begin + kAtOnce, operations.size());
      std::string requests;
      for (std::size_t i = begin; i < end; ++i) requests += operations[i].request + "mn\r\n";
      client_.send(requests);
      std::size_t different = end;
      for (std::size_t i = begin; i < end; ++i) {
        ours_ = client_.ask("", "MN\r\n");
        ours_.resize(ours_.size() - 4);
        models_ = operations[i].answer(model);
        if (same(operations[i], ours_, models_)) continue;
        different = i;
        for (++i; i < end; ++i) client_.ask("", "MN\r\n");
      }
      if (different != end) return different;
    }
    return operations.size();
  }

  // As few of them as still differ.
  Operations shrunk(Operations operations) {
    for (std::size_t piece = operations.size() / 2; piece > 0; piece /= 2) {
      for (std::size_t at = 0; at < operations.size();) {
        Operations fewer = operations;
        const auto begin = fewer.begin() + static_cast<std::ptrdiff_t>(at);
        fewer.erase(begin, begin + static_cast<std::ptrdiff_t>(
                                       std::min(piece, operations.size() - at)));
        const std::size_t different = first_difference(fewer);
        if (different == fewer.size()) {
          at += piece;
        } else {
          fewer.resize(different + 1);
          operations = std::move(fewer);
        }
      }
    }
    return operations;
  }

  std::string conversation(const Operations& operations) {
    first_difference(operations);
    std::string text;
    for (const auto& operation : operations) text += "> " + operation.request;
    return text + "the model:\n" + models_ + "the engine:\n" + ours_;
  }

  EngineProcess engine_;
  Client client_{engine_};
  std::string ours_;    // the last answer that was compared
  std::string models_;
};

TEST_P(CollectionModelTest, TheEngineAnswersAsTheModel) {
  CollectionOperations source(number_from("ARCUS_MODEL_SEED", GetParam()));
  Operations operations;
  const std::uint32_t count = number_from("ARCUS_MODEL_OPERATIONS", 15'000);
  for (std::uint32_t i = 0; i < count; ++i) operations.push_back(source.next());
  const std::size_t different = first_difference(operations);
  if (different == operations.size()) return;
  operations.resize(different + 1);
  FAIL() << conversation(shrunk(std::move(operations)));
}

// Good requests and bad ones, at once and in small pieces: looking ahead changes nothing.
TEST_P(CollectionModelTest, AnswersDoNotDependOnHowRequestsAreCut) {
  CollectionOperations source(GetParam() + 1000);
  std::string requests;
  for (int i = 0; i < 5000; ++i) requests += source.next_damaged();
  // Whatever was last, it has all that it waits for.
  for (int i = 0; i < 2000; ++i) requests += "mn\r\n";
  requests += "quit\r\n";
  std::mt19937 random(GetParam());
  std::vector<std::string> answers;
  for (const bool cut : {false, true}) {
    client_.ask("flush_all\r\n");
    Client client(engine_);
    constexpr std::size_t kMost = 64 << 20;
    std::string answer;
    std::thread reader([&] { answer = client.receive(kMost, 20'000); });
    for (std::size_t at = 0; at < requests.size();) {
      const std::size_t size = cut ? 1 + random() % 300 : 20'000;
      client.send(std::string_view(requests).substr(at, size));
      at += size;
    }
    reader.join();
    answers.push_back(std::move(answer));
  }
  EXPECT_GT(answers[0].size(), 100'000U);
  EXPECT_TRUE(answers[0] == answers[1]);
}

INSTANTIATE_TEST_SUITE_P(Seeds, CollectionModelTest, testing::Values(1, 2, 3));

}  // namespace
}  // namespace arcus::tests
