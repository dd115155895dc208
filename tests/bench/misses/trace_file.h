// Reads a recorded trace, one request a line:
//   timestamp,key,key size,value size,client id,operation,TTL   Twitter's cache-trace
//   key size                                                     the value's size; or just: key
// Every line is a request as of a program that has its data elsewhere: get, and set what was
// missed. So a recorded set counts as a get; deletes are left out, and so are TTLs, since a replay
// takes seconds. Keys keep their size (11 to 250 characters) but not their text.
#pragma once

#include <fstream>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "tests/bench/misses/trace.h"

namespace arcus::bench::misses {

// What a line says; kNotFound for one that is no request (a delete, an empty line, a comment).
Result<Request> parse_trace_line(std::string_view line);

class TraceFile final : public Trace {
 public:
  explicit TraceFile(const std::string& path) : file_(path) {}

  bool next(Request& request) override;
  // An error when the file could not be read, or a line not be understood.
  Status status() const override;

 private:
  std::ifstream file_;
  std::string text_;
  std::uint64_t line_ = 0;
  Error error_;
};

}  // namespace arcus::bench::misses
