#include "core/cluster/json_text.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>

#include "core/base/text.h"

namespace arcus::cluster {

namespace {

constexpr std::size_t kShownBytes = 60;

std::string shown(const Json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  std::string text =
      printable(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  if (text.size() <= kShownBytes) return text;
  text.resize(kShownBytes);
  // Not in the middle of a UTF-8 sequence.
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80) text.pop_back();
  if (!text.empty() && (static_cast<unsigned char>(text.back()) & 0x80) != 0) text.pop_back();
  return text + "...";
}

std::string place_of(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, std::min(byte, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto start = before.rfind('\n');
  const std::size_t column =
      start == std::string_view::npos ? before.size() : before.size() - start - 1;
  return "line " + std::to_string(line) + ", column " +
         std::to_string(std::max<std::size_t>(1, column));
}

// "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while ..." holds
// what matters after its own idea of the place.
std::string reason_of(std::string_view what) {
  constexpr std::string_view kColumn = ", column ";
  if (const auto at = what.find(kColumn); at != std::string_view::npos) {
    const auto colon = what.find(": ", at);
    if (colon != std::string_view::npos) return printable(what.substr(colon + 2));
  }
  const auto bracket = what.find("] ");
  return printable(bracket == std::string_view::npos ? what : what.substr(bracket + 2));
}

// Walks the text before it becomes a value: the value no longer knows about duplicates, and must
// not be built from a bomb of brackets.
class Checker : public nlohmann::json_sax<Json> {
 public:
  Checker(std::string_view text, Complaints& complaints) : text_(text), complaints_(complaints) {}

  const std::string& failure() const { return failure_; }

  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(number_integer_t) override { return value(); }
  bool number_unsigned(number_unsigned_t) override { return value(); }
  bool number_float(number_float_t, const string_t&) override { return value(); }
  bool string(string_t&) override { return value(); }
  bool binary(binary_t&) override { return value(); }

  bool start_object(std::size_t) override { return open(true); }
  bool start_array(std::size_t) override { return open(false); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    Level& level = levels_.back();
    level.key = name;
    if (!level.keys.insert(name).second) complaints_.add(path(), "this key is there twice");
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    failure_ = place_of(text_, position) + ": " + reason_of(error.what());
    return false;
  }

 private:
  struct Level {
    bool is_object = false;
    std::size_t index = 0;
    std::string key;
    std::set<std::string> keys;
  };

  bool open(bool is_object) {
    if (levels_.size() >= kMaxJsonDepth) {
      failure_ = path() + ": nested more than " + std::to_string(kMaxJsonDepth) + " levels deep";
      return false;
    }
    levels_.push_back(Level{is_object, 0, {}, {}});
    return true;
  }
  bool close() {
    levels_.pop_back();
    return value();
  }
  bool value() {
    if (!levels_.empty()) ++levels_.back().index;
    return true;
  }
  std::string path() const {
    std::string path;
    for (const Level& level : levels_) {
      path = level.is_object ? child_path(path, level.key) : child_path(path, level.index);
    }
    return path;
  }

  std::string_view text_;
  Complaints& complaints_;
  std::vector<Level> levels_;
  std::string failure_;
};

}  // namespace

void Complaints::add(std::string_view path, std::string_view what) {
  lines_.push_back((path.empty() ? "the file" : std::string(path)) + ": " + std::string(what));
}

void Complaints::expected(std::string_view path, std::string_view expected, const Json& found) {
  add(path, "expected " + std::string(expected) + ", found " + shown(found));
}

void Complaints::missing(std::string_view path, std::string_view expected) {
  add(path, "missing; expected " + std::string(expected));
}

Error Complaints::error(std::string_view origin) const {
  if (lines_.size() == 1) return invalid(lines_.front()).in(origin);
  return invalid(std::to_string(lines_.size()) + " complaints\n  " + join(lines_, "\n  "))
      .in(origin);
}

Result<Json> parse_json(std::string_view text, Complaints& complaints) {
  if (text.size() > kMaxJsonBytes) {
    return invalid("larger than " + format_bytes(kMaxJsonBytes));
  }
  if (trim(text).empty()) return invalid("empty; expected a JSON object");
  Checker checker(text, complaints);
  if (!Json::sax_parse(text.begin(), text.end(), &checker)) return invalid(checker.failure());
  return Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
}

Result<std::string> read_text_file(const std::string& path) {
  std::error_code ignored;
  // A directory opens, but doesn't read.
  if (std::filesystem::is_directory(path, ignored)) return errno_error("reading " + path, EISDIR);
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return errno_error("reading " + path, errno != 0 ? errno : EIO);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::optional<std::uint64_t> as_number(const Json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  if (value.is_string()) return parse_number(value.get_ref<const std::string&>());
  return std::nullopt;
}

std::string child_path(std::string_view parent, std::string_view key) {
  return parent.empty() ? std::string(key) : std::string(parent) + "." + std::string(key);
}

std::string child_path(std::string_view parent, std::size_t index) {
  return std::string(parent) + "[" + std::to_string(index) + "]";
}

}  // namespace arcus::cluster
