// Exchange: one client's way through a SASL mechanism, step by step. It belongs to the client's
// session; one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "daemon/auth/sasl_library.h"

namespace arcus::daemon {

class Exchange {
 public:
  // Nothing when there is no memory for it. The library lives as long as the process.
  static std::unique_ptr<Exchange> create(const SaslLibrary& sasl);
  ~Exchange() { sasl_.dispose(&connection_); }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  enum class Outcome {
    kDone,      // it is user()
    kContinue,  // answer() goes to the client, and step() takes what it sends back
    kFailed,
    kNoMemory
  };
  Outcome start(const std::string& mechanism, std::string_view data);
  Outcome step(std::string_view data);

  // Until the next step.
  std::string_view answer() const { return answer_; }
  // Why it failed, in words that hold nothing secret.
  std::string_view trouble() const { return trouble_; }
  std::string user() const;
  // What there is to choose from, with blanks between.
  std::string mechanisms() const;

 private:
  Exchange(const SaslLibrary& sasl, sasl_conn_t* connection)
      : sasl_(sasl), connection_(connection) {}
  Outcome judge(int result, const char* answer, unsigned size);

  const SaslLibrary& sasl_;
  sasl_conn_t* connection_;
  bool started_ = false;
  std::string_view answer_;
  std::string_view trouble_;
};

}  // namespace arcus::daemon
