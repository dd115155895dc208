// Eflags: up to 31 bytes that a b+tree's element has beside its value, the filters that choose
// elements by them, and what changes them. Plain values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace arcus::daemon {

class Eflag {
 public:
  static constexpr std::size_t kMost = 31;

  Eflag() = default;  // none
  explicit Eflag(std::string_view bytes);

  std::size_t size() const { return size_; }
  std::string_view bytes() const { return {bytes_.data(), size_}; }
  char* data() { return bytes_.data(); }

 private:
  std::uint8_t size_ = 0;
  std::array<char, kMost> bytes_{};
};

enum class BitwiseOp : std::uint8_t { kAnd, kOr, kXor };
enum class CompareOp : std::uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
};

// Some bytes of an eflag, with an operand's bits joined to them first if there is one, compared to a
// value; whether they are among several values (kEqual), or none of them (kNotEqual).
struct EflagFilter {
  std::uint8_t offset = 0;
  BitwiseOp op = BitwiseOp::kAnd;
  Eflag operand;  // as long as a value, or empty
  CompareOp compare = CompareOp::kEqual;
  std::uint8_t value_size = 0;
  std::string values;  // one behind the other

  // An eflag without those bytes differs from everything, and is nothing else.
  bool matches(std::string_view eflag) const;
};

struct EflagUpdate {
  std::optional<BitwiseOp> op;  // none: the value takes the place of the whole
  std::uint8_t offset = 0;
  Eflag value;

  // Nothing: it has no such bytes.
  std::optional<Eflag> applied_to(std::string_view eflag) const;
};

}  // namespace arcus::daemon
