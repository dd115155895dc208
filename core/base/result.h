// Result<T>: a value or an Error. Every fallible function of core and tools returns one; exceptions
// stop at the edge of the library that throws them. Errors gain context on their way up:
//
//   return load(path).error().in("reading " + path);   // "reading conf/x.json: line 3: ..."
//
// A Result is a plain value; it may cross threads like any other.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace arcus {

enum class ErrorCode {
  kInvalid,      // input that can't be right: a file, an option, a reply that doesn't parse
  kNotFound,     // a file, znode, host or cloud that isn't there
  kExists,       // something is there that must not be
  kConflict,     // somebody else changed or holds it
  kRefused,      // we decline: doing it would lose or break something
  kUnreachable,  // no connection
  kAuth,         // connected, but not let in
  kHostKey,      // the peer's host key is not the one we know
  kTimeout,      // a deadline passed
  kCancelled,    // the operator stopped it
  kRemote,       // a command ran on a host and failed
  kIo,           // a file or socket operation failed
  kInternal,     // a defect of ours
};

struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  bool retryable = false;  // the same call may succeed later, unchanged

  // This error seen from one level up: "<context>: <message>".
  Error in(std::string_view context) const {
    return Error{code, std::string(context) + ": " + message, retryable};
  }
};

inline Error invalid(std::string message) { return {ErrorCode::kInvalid, std::move(message), false}; }

// errno as an Error of code kIo (kNotFound for ENOENT): "<what>: <strerror>".
Error errno_error(std::string_view what, int error_number);

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace arcus
