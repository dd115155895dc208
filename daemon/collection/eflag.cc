#include "daemon/collection/eflag.h"

#include <cstring>

namespace arcus::daemon {
namespace {

void join(BitwiseOp op, char* bytes, std::string_view operand) {
  for (const char bits : operand) {
    switch (op) {
      case BitwiseOp::kAnd:
        *bytes &= bits;
        break;
      case BitwiseOp::kOr:
        *bytes |= bits;
        break;
      case BitwiseOp::kXor:
        *bytes ^= bits;
        break;
    }
    ++bytes;
  }
}

bool has_bytes(std::string_view eflag, std::size_t offset, std::size_t size) {
  return offset < eflag.size() && size <= eflag.size() - offset;
}

bool holds(CompareOp op, int order) {
  switch (op) {
    case CompareOp::kEqual:
      return order == 0;
    case CompareOp::kNotEqual:
      return order != 0;
    case CompareOp::kLess:
      return order < 0;
    case CompareOp::kLessEqual:
      return order <= 0;
    case CompareOp::kGreater:
      return order > 0;
    case CompareOp::kGreaterEqual:
      break;
  }
  return order >= 0;
}

}  // namespace

Eflag::Eflag(std::string_view bytes) : size_(static_cast<std::uint8_t>(bytes.size())) {
  std::memcpy(bytes_.data(), bytes.data(), bytes.size());
}

bool EflagFilter::matches(std::string_view eflag) const {
  if (!has_bytes(eflag, offset, value_size)) return compare == CompareOp::kNotEqual;
  std::string_view bytes = eflag.substr(offset, value_size);
  Eflag joined;
  if (operand.size() > 0) {
    joined = Eflag(bytes);
    join(op, joined.data(), operand.bytes());
    bytes = joined.bytes();
  }
  if (values.size() == value_size) return holds(compare, bytes.compare(values));
  for (std::size_t at = 0; at < values.size(); at += value_size) {
    if (std::memcmp(bytes.data(), values.data() + at, value_size) == 0) {
      return compare == CompareOp::kEqual;
    }
  }
  return compare == CompareOp::kNotEqual;
}

std::optional<Eflag> EflagUpdate::applied_to(std::string_view eflag) const {
  if (!op) return value;
  if (value.size() > 0 && !has_bytes(eflag, offset, value.size())) return std::nullopt;
  Eflag result(eflag);
  join(*op, result.data() + offset, value.bytes());
  return result;
}

}  // namespace arcus::daemon
