#include "daemon/auth/sasl_setup.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <new>
#include <string_view>

#include "core/base/log.h"
#include "core/base/text.h"
#include "daemon/auth/user_plugin.h"

namespace arcus::daemon {
namespace {

constexpr const char* kApplication = "memcached";

struct Default {
  std::string_view option;
  const char* value;
};

// Users with a hash for one mechanism can use no other.
constexpr Default kOfGroup[] = {{"auxprop_plugin", kUserPlugin}, {"mech_list", "SCRAM-SHA-256"}};
// Where there is no configuration that says otherwise.
constexpr Default kOfDatabase[] = {{"auxprop_plugin", "sasldb"},
                                   {"mech_list", "SCRAM-SHA-256 PLAIN"}};

// Where the library looks for <application>.conf: the folders of SASL_CONF_PATH, or its own.
bool has_configuration() {
  const char* const set = std::getenv("SASL_CONF_PATH");
  for (const std::string& folder : split(set != nullptr ? set : "/usr/lib/sasl2:/etc/sasl2", ':')) {
    std::error_code error;
    if (std::filesystem::exists(folder + "/" + kApplication + ".conf", error)) return true;
  }
  return false;
}

template <std::size_t kCount>
int look_up(const Default (&defaults)[kCount], std::string_view option, const char** value,
            unsigned* size) {
  for (const Default& entry : defaults) {
    if (entry.option != option) continue;
    *value = entry.value;
    if (size != nullptr) *size = static_cast<unsigned>(std::string_view(entry.value).size());
    return SASL_OK;
  }
  return SASL_FAIL;
}

int option_of_group(void*, const char*, const char* option, const char** value, unsigned* size) {
  return look_up(kOfGroup, option, value, size);
}

int option_of_database(void*, const char*, const char* option, const char** value,
                       unsigned* size) {
  return look_up(kOfDatabase, option, value, size);
}

int plugin_path(void*, const char** path) {
  static const std::string folder = SaslLibrary::own_plugins();
  *path = folder.c_str();
  return SASL_OK;
}

// Its more talkative levels may hold passwords: those are never written.
int write_log(void* context, int level, const char* message) {
  const bool verbose = context != nullptr;
  const bool fault = level == SASL_LOG_ERR;
  const bool warning = level == SASL_LOG_FAIL || level == SASL_LOG_WARN;
  if (fault || (warning && verbose)) log::warning("SASL: " + printable(message));
  return SASL_OK;
}

void* new_mutex() {
  return new (std::nothrow) std::mutex;
}
int lock_mutex(void* mutex) {
  static_cast<std::mutex*>(mutex)->lock();
  return 0;
}
int unlock_mutex(void* mutex) {
  static_cast<std::mutex*>(mutex)->unlock();
  return 0;
}
void delete_mutex(void* mutex) {
  delete static_cast<std::mutex*>(mutex);
}

// The library has one type for functions of any kind.
template <typename Function>
sasl_callback_t callback(unsigned long id, Function* function, void* context = nullptr) {
  const auto any = reinterpret_cast<void (*)()>(function);
  return {id, reinterpret_cast<int (*)()>(any), context};
}

}  // namespace

Status set_up_sasl(const SaslLibrary& sasl, bool own_users, bool verbose) {
  // The library keeps the array.
  static std::array<sasl_callback_t, 4> callbacks;
  static char verbose_mark;
  auto next = callbacks.begin();
  *next++ = callback(SASL_CB_LOG, write_log, verbose ? &verbose_mark : nullptr);
  if (own_users) {
    *next++ = callback(SASL_CB_GETOPT, option_of_group);
  } else if (!has_configuration()) {
    *next++ = callback(SASL_CB_GETOPT, option_of_database);
  }
  if (!SaslLibrary::own_plugins().empty()) *next++ = callback(SASL_CB_GETPATH, plugin_path);
  *next = {SASL_CB_LIST_END, nullptr, nullptr};

  sasl.set_mutex(new_mutex, lock_mutex, unlock_mutex, delete_mutex);
  const int result = sasl.server_init(callbacks.data(), kApplication);
  if (result == SASL_OK) return {};
  return Error{ErrorCode::kInternal,
               std::string("SASL cannot be set up: ") + sasl.errstring(result, nullptr, nullptr),
               false};
}

}  // namespace arcus::daemon
