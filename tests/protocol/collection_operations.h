// CollectionOperations: random commands to a few lists, sets, maps and b+trees, each with what the
// model answers to it; the same ones for the same seed.
#pragma once

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "tests/protocol/collection_model.h"

namespace arcus::tests {

struct CollectionOperation {
  std::string request;  // with its value
  std::function<std::string(CollectionModel&)> answer;
  bool unordered = false;  // the elements of the answer come in any order
};

class CollectionOperations {
 public:
  explicit CollectionOperations(std::uint32_t seed) : random_(seed) {}
  CollectionOperation next();
  // Only its request, which may have become a bad one.
  std::string next_damaged();

 private:
  using Maker = CollectionOperation (CollectionOperations::*)();

  std::uint32_t below(std::uint32_t limit) { return random_() % limit; }
  bool once_in(std::uint32_t times) { return below(times) == 0; }
  std::string one_of(std::initializer_list<const char*> choices) {
    return choices.begin()[below(static_cast<std::uint32_t>(choices.size()))];
  }
  std::string key() { return "k" + std::to_string(below(6)); }
  std::string value();
  std::string name() { return "f" + std::to_string(below(12)); }
  std::string removal() { return one_of({"", "", "delete", "drop"}); }
  ModelAttributes attributes(char type);
  std::string text_of(const ModelAttributes& attributes);
  CollectionModel::Create create(char type, std::string& words);

  CollectionOperation make();
  CollectionOperation remove();
  CollectionOperation set_range();
  CollectionOperation get_attributes();
  CollectionOperation lop();
  CollectionOperation sop();
  CollectionOperation mop();
  CollectionOperation bop_insert();
  CollectionOperation bop_update();
  CollectionOperation bop_read();
  CollectionOperation bop_position();
  CollectionOperation bop_many();

  ModelBkey bkey(bool is_number);
  // Mostly of one kind, so that trees have many.
  ModelBkey bkey() { return bkey(!once_in(5)); }
  std::string eflag();
  ModelChoice choice(std::string& words, std::uint32_t most);

  std::mt19937 random_;
};

}  // namespace arcus::tests
