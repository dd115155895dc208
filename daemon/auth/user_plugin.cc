#include "daemon/auth/user_plugin.h"

#include <strings.h>

#include <string>

namespace arcus::daemon {
namespace {

// The library's function that makes a plugin is given nothing of ours.
const UserTable* g_users = nullptr;

// A property that starts with a star belongs to who logs in, the others to whom it wants to be.
bool is_asked(const propval& property, unsigned flags) {
  const bool of_login = property.name[0] == '*';
  return of_login != ((flags & SASL_AUXPROP_AUTHZID) != 0);
}

// What was found earlier stays, unless it is to be looked up anew.
bool is_settled(const sasl_server_params_t& params, const propval& property, const char* name,
                unsigned flags) {
  if (property.values == nullptr) return false;
  const bool anew = (flags & SASL_AUXPROP_OVERRIDE) != 0 ||
                    ((flags & SASL_AUXPROP_VERIFY_AGAINST_HASH) != 0 &&
                     strcasecmp(name, SASL_AUX_PASSWORD_PROP) == 0);
  if (anew) params.utils->prop_erase(params.propctx, property.name);
  return !anew;
}

int look_up(void*, sasl_server_params_t* params, unsigned flags, const char* name,
            unsigned size) {
  if (params == nullptr || name == nullptr) return SASL_BADPARAM;
  const propval* property = params->utils->prop_get(params->propctx);
  if (property == nullptr) return SASL_NOMEM;
  const auto user = g_users->find({name, size});
  for (; property->name != nullptr; ++property) {
    if (!is_asked(*property, flags)) continue;
    const char* wanted = property->name + (property->name[0] == '*' ? 1 : 0);
    if (is_settled(*params, *property, wanted, flags) || !user) continue;
    const auto secret = user->secrets.find(std::string_view(wanted));
    if (secret == user->secrets.end()) continue;
    params->utils->prop_set(params->propctx, property->name, secret->second.data(),
                            static_cast<int>(secret->second.size()));
  }
  // Of whom it wants to be nothing need be known.
  return user || (flags & SASL_AUXPROP_AUTHZID) != 0 ? SASL_OK : SASL_NOUSER;
}

int make_plugin(const sasl_utils_t*, int newest, int* version, sasl_auxprop_plug_t** plugin,
                const char*) {
  static sasl_auxprop_plug_t users = [] {
    sasl_auxprop_plug_t made{};
    made.auxprop_lookup = look_up;
    made.name = const_cast<char*>(kUserPlugin);
    return made;
  }();
  if (newest < SASL_AUXPROP_PLUG_VERSION) return SASL_BADVERS;
  *version = SASL_AUXPROP_PLUG_VERSION;
  *plugin = &users;
  return SASL_OK;
}

}  // namespace

Status add_user_plugin(const SaslLibrary& sasl, const UserTable& users) {
  g_users = &users;
  if (sasl.auxprop_add_plugin(kUserPlugin, make_plugin) == SASL_OK) return {};
  return Error{ErrorCode::kInternal, "SASL does not take the users", false};
}

}  // namespace arcus::daemon
