// RequestGenerator: random requests to a few keys, most of them well-formed, the others only just
// not; the same ones for the same seed. They stay away from what is known to differ from memcached
// (docs/protocol-differences.md).
//
// "{3}" in a request stands for the third CAS id that a server has told.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace arcus::tests {

class RequestGenerator {
 public:
  explicit RequestGenerator(std::uint32_t seed) : random_(seed) {}

  static std::vector<std::string> keys();

  // `ids` is how many CAS ids have been told.
  std::string next(std::size_t ids);

 private:
  using Maker = std::string (RequestGenerator::*)();

  std::uint32_t below(std::uint32_t limit) { return random_() % limit; }
  bool once_in(std::uint32_t times) { return below(times) == 0; }
  template <typename... Choices>
  std::string one_of(Choices... choices) {
    const std::string all[] = {std::string(choices)...};
    return all[below(sizeof...(choices))];
  }

  std::string key();
  std::string value();
  std::string with_value(const std::string& line, const std::string& value);
  std::string noreply() { return once_in(8) ? " noreply" : ""; }
  std::string cas();
  std::string flags(std::string_view letters);
  std::string flag(char letter);
  std::string damaged(std::string request);

  std::string get();
  std::string store();
  std::string arithmetic();
  std::string remove();
  std::string touch();
  std::string meta_get();
  std::string meta_set();
  std::string meta_delete();
  std::string meta_arithmetic();
  std::string other();

  std::mt19937 random_;
  std::size_t ids_ = 0;
};

}  // namespace arcus::tests
