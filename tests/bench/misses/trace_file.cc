#include "tests/bench/misses/trace_file.h"

#include <algorithm>
#include <vector>

#include "core/base/text.h"
#include "tests/bench/load/random.h"

namespace arcus::bench::misses {
namespace {

constexpr std::uint32_t kUsualValue = 100;  // where a line has no size

std::uint64_t hash(std::string_view text) {
  std::uint64_t state = text.size();
  for (const char c : text) state = mix(state * 31 + static_cast<unsigned char>(c) + 1);
  return state;
}

Result<Request> request_of(std::string_view key, std::uint64_t key_size, std::uint64_t value_size) {
  if (value_size > UINT32_MAX)
    return invalid("a value of " + std::to_string(value_size) + " bytes");
  const auto size = std::clamp<std::uint64_t>(key_size, kLeastKeySize, kGreatestKeySize);
  return Request{hash(key), static_cast<std::uint32_t>(size),
                 static_cast<std::uint32_t>(value_size)};
}

// A key may have commas: the fields after it are counted from the end.
Result<Request> parse_twitter(const std::vector<std::string>& fields) {
  const std::size_t last = fields.size();
  if (fields[last - 2] == "delete") return Error{ErrorCode::kNotFound, "a delete", false};
  const auto key_size = parse_number(fields[last - 5]);
  const auto value_size = parse_number(fields[last - 4]);
  if (!key_size || !value_size) return invalid("key size or value size is not a number");
  const std::vector<std::string> key(fields.begin() + 1, fields.begin() + (last - 5));
  return request_of(join(key, ","), *key_size, *value_size);
}

}  // namespace

Result<Request> parse_trace_line(std::string_view line) {
  line = trim(line);
  if (line.empty() || line.front() == '#') return Error{ErrorCode::kNotFound, "nothing", false};
  const std::vector<std::string> fields = split(line, ',');
  if (fields.size() >= 7) return parse_twitter(fields);
  const std::size_t blank = line.find_first_of(" \t");
  const std::string_view key = line.substr(0, blank);
  if (blank == line.npos) return request_of(key, key.size(), kUsualValue);
  const auto size = parse_number(trim(line.substr(blank)));
  if (!size) return invalid("neither \"key size\" nor timestamp,key,key size,value size,...");
  return request_of(key, key.size(), *size);
}

bool TraceFile::next(Request& request) {
  while (error_.message.empty() && std::getline(file_, text_)) {
    ++line_;
    const Result<Request> parsed = parse_trace_line(text_);
    if (parsed) {
      request = *parsed;
      return true;
    }
    if (parsed.error().code != ErrorCode::kNotFound) {
      error_ = parsed.error().in("line " + std::to_string(line_));
    }
  }
  return false;
}

Status TraceFile::status() const {
  if (!error_.message.empty()) return error_;
  if (!file_.eof()) return Error{ErrorCode::kIo, "cannot be read", false};
  return {};
}

}  // namespace arcus::bench::misses
