// What keys and values look like. A key is a number written out; a value follows from its key's
// number and a version, and names both, so that whoever reads one can tell whether every byte of it
// is right, without knowing who wrote it last. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/bench/load/random.h"

namespace arcus::bench {

struct Sizes {
  std::size_t key = 16;
  std::size_t value_min = 32;
  std::size_t value_max = 32;
};

// 'k' and the number, with zeros in front: `size` bytes.
void append_key(std::string& to, std::uint32_t id, std::size_t size);
std::optional<std::uint32_t> parse_key(std::string_view key);

std::size_t value_size(const Sizes& sizes, std::uint32_t id, std::uint32_t version);
// Bytes of any kind, ends of lines among them. The first eight are the key's number and the
// version; a value that is too short for them has but one version.
void append_value(std::string& to, std::uint32_t id, std::uint32_t version, std::size_t size);

// Looks at a value as it arrives, in pieces of any size.
class ValueCheck {
 public:
  explicit ValueCheck(const Sizes& sizes) : sizes_(sizes) {}

  void begin(std::uint32_t id, std::size_t size);
  void take(std::string_view piece);
  // Whether it was all there and every byte is what somebody has written under this key.
  bool finish();

 private:
  void take_word(std::uint64_t word);

  Sizes sizes_;
  std::uint32_t id_ = 0;
  std::uint32_t version_ = 0;
  std::size_t size_ = 0;
  std::size_t offset_ = 0;
  std::uint64_t partial_ = 0;  // the bytes of a word that has not arrived whole
  bool right_ = true;
};

}  // namespace arcus::bench
