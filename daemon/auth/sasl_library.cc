#include "daemon/auth/sasl_library.h"

#include <dlfcn.h>

#include <filesystem>

namespace arcus::daemon {
namespace {

constexpr const char* kLibrary = "libsasl2.so.2";

std::filesystem::path own_libraries() {
  std::error_code error;
  const auto engine = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::filesystem::path() : engine.parent_path().parent_path() / "lib";
}

// Whether it was found.
template <typename Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

}  // namespace

Result<SaslLibrary> SaslLibrary::load() {
  void* library = dlopen((own_libraries() / kLibrary).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return Error{ErrorCode::kNotFound, std::string("SASL cannot be used: ") + dlerror(), false};
  }
  SaslLibrary sasl;
  const bool complete = find(library, "sasl_set_mutex", sasl.set_mutex) &&
                        find(library, "sasl_server_init", sasl.server_init) &&
                        find(library, "sasl_auxprop_add_plugin", sasl.auxprop_add_plugin) &&
                        find(library, "sasl_server_new", sasl.server_new) &&
                        find(library, "sasl_server_start", sasl.server_start) &&
                        find(library, "sasl_server_step", sasl.server_step) &&
                        find(library, "sasl_listmech", sasl.listmech) &&
                        find(library, "sasl_getprop", sasl.getprop) &&
                        find(library, "sasl_errstring", sasl.errstring) &&
                        find(library, "sasl_dispose", sasl.dispose);
  if (!complete) {
    return Error{ErrorCode::kNotFound, std::string(kLibrary) + " is not Cyrus SASL's", false};
  }
  return sasl;
}

std::string SaslLibrary::own_plugins() {
  const auto folder = own_libraries() / "sasl2";
  std::error_code error;
  return std::filesystem::is_directory(folder, error) ? folder.string() : "";
}

}  // namespace arcus::daemon
