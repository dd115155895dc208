#include "daemon/auth/exchange.h"

namespace arcus::daemon {
namespace {

constexpr const char* kService = "memcached";

}  // namespace

std::unique_ptr<Exchange> Exchange::create(const SaslLibrary& sasl) {
  sasl_conn_t* connection = nullptr;
  const int result =
      sasl.server_new(kService, nullptr, nullptr, nullptr, nullptr, nullptr, 0, &connection);
  if (result != SASL_OK) return nullptr;
  return std::unique_ptr<Exchange>(new Exchange(sasl, connection));
}

Exchange::Outcome Exchange::start(const std::string& mechanism, std::string_view data) {
  const char* answer = nullptr;
  unsigned size = 0;
  // No first message is not the same as an empty one.
  const int result = sasl_.server_start(connection_, mechanism.c_str(),
                                        data.empty() ? nullptr : data.data(),
                                        static_cast<unsigned>(data.size()), &answer, &size);
  started_ = true;
  return judge(result, answer, size);
}

Exchange::Outcome Exchange::step(std::string_view data) {
  if (!started_) return judge(SASL_BADPROT, nullptr, 0);
  const char* answer = nullptr;
  unsigned size = 0;
  const int result = sasl_.server_step(connection_, data.data(),
                                       static_cast<unsigned>(data.size()), &answer, &size);
  return judge(result, answer, size);
}

Exchange::Outcome Exchange::judge(int result, const char* answer, unsigned size) {
  answer_ = answer != nullptr ? std::string_view(answer, size) : std::string_view();
  if (result == SASL_OK) return Outcome::kDone;
  if (result == SASL_CONTINUE) return Outcome::kContinue;
  if (result == SASL_NOMEM) return Outcome::kNoMemory;
  trouble_ = sasl_.errstring(result, nullptr, nullptr);
  return Outcome::kFailed;
}

std::string Exchange::user() const {
  const void* name = nullptr;
  const int result = sasl_.getprop(connection_, SASL_USERNAME, &name);
  return result == SASL_OK && name != nullptr ? static_cast<const char*>(name) : "";
}

std::string Exchange::mechanisms() const {
  const char* names = nullptr;
  unsigned size = 0;
  const int result = sasl_.listmech(connection_, nullptr, "", " ", "", &names, &size, nullptr);
  return result == SASL_OK ? std::string(names, size) : "";
}

}  // namespace arcus::daemon
