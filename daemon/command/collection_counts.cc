#include "daemon/command/collection_counts.h"

#include <array>
#include <utility>

namespace arcus::daemon {

Outcome outcome_of(std::string_view answer) {
  constexpr std::array<std::pair<std::string_view, Outcome>, 12> kAnswers = {{
      {"NOT_FOUND\r\n", Outcome::kMiss},
      {"UNREADABLE\r\n", Outcome::kMiss},
      {"NOT_FOUND_ELEMENT\r\n", Outcome::kNothing},
      {"TYPE_MISMATCH\r\n", Outcome::kRefused},
      {"BKEY_MISMATCH\r\n", Outcome::kRefused},
      {"EFLAG_MISMATCH\r\n", Outcome::kRefused},
      {"OVERFLOWED\r\n", Outcome::kRefused},
      {"OUT_OF_RANGE\r\n", Outcome::kRefused},
      {"ELEMENT_EXISTS\r\n", Outcome::kRefused},
      {"EXISTS\r\n", Outcome::kRefused},
      {"NOTHING_TO_UPDATE\r\n", Outcome::kUnheard},
      {"CLIENT_ERROR bad data chunk\r\n", Outcome::kUnheard},
  }};
  for (const auto& [text, outcome] : kAnswers) {
    if (answer == text) return outcome;
  }
  if (answer.starts_with("CLIENT_ERROR bad")) return Outcome::kUnheard;
  const bool error = answer.starts_with("CLIENT_ERROR") || answer.starts_with("SERVER_ERROR");
  return error ? Outcome::kRefused : Outcome::kHit;
}

void count(ThreadStats& stats, const SubcommandCounts& counts, Outcome outcome) {
  if (outcome == Outcome::kUnheard) return;
  (stats.*counts.commands).add();
  SubcommandCounts::Counted counted = nullptr;
  if (outcome == Outcome::kHit) counted = counts.hits;
  if (outcome == Outcome::kNothing) counted = counts.nothing;
  if (outcome == Outcome::kMiss) counted = counts.misses;
  if (counted != nullptr) (stats.*counted).add();
}

}  // namespace arcus::daemon
