// JSON as people write it: every complaint carries a line and column or a JSON path, duplicate
// keys and absurd depth included. Shared by the loaders of this folder; pure, any thread.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace arcus::cluster {

using Json = nlohmann::ordered_json;

inline constexpr std::size_t kMaxJsonDepth = 32;
inline constexpr std::size_t kMaxJsonBytes = 64 << 20;

// All that is wrong with one file, in the order it was found.
class Complaints {
 public:
  void add(std::string_view path, std::string_view what);
  // "<path>: expected <expected>, found <the value, shortened>"
  void expected(std::string_view path, std::string_view expected, const Json& found);
  void missing(std::string_view path, std::string_view expected);

  bool empty() const { return lines_.empty(); }
  const std::vector<std::string>& lines() const { return lines_; }
  // One complaint: "<origin>: <it>". Several: a heading and one line each.
  Error error(std::string_view origin) const;

 private:
  std::vector<std::string> lines_;
};

// Duplicate keys are added to `complaints` (the last one wins in the value); an error is text that
// isn't JSON at all, with its line and column.
Result<Json> parse_json(std::string_view text, Complaints& complaints);

Result<std::string> read_text_file(const std::string& path);

// A whole number written as a number or as a string of digits.
std::optional<std::uint64_t> as_number(const Json& value);

// "servers" + "[3]", "config" + ".port".
std::string child_path(std::string_view parent, std::string_view key);
std::string child_path(std::string_view parent, std::size_t index);

}  // namespace arcus::cluster
