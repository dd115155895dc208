// The functions of libsasl2. The library is loaded when clients must log in, so that an engine
// without -S needs nothing but libc. It and the plugins of its mechanisms are looked for in lib/
// beside the engine's bin/, where a deployed release has them, and then where the machine has its
// own.
#pragma once

#include <sasl/sasl.h>
#include <sasl/saslplug.h>

#include <string>

#include "core/base/result.h"

namespace arcus::daemon {

struct SaslLibrary {
  decltype(&::sasl_set_mutex) set_mutex = nullptr;
  decltype(&::sasl_server_init) server_init = nullptr;
  decltype(&::sasl_auxprop_add_plugin) auxprop_add_plugin = nullptr;
  decltype(&::sasl_server_new) server_new = nullptr;
  decltype(&::sasl_server_start) server_start = nullptr;
  decltype(&::sasl_server_step) server_step = nullptr;
  decltype(&::sasl_listmech) listmech = nullptr;
  decltype(&::sasl_getprop) getprop = nullptr;
  decltype(&::sasl_errstring) errstring = nullptr;
  decltype(&::sasl_dispose) dispose = nullptr;

  // Once for the process; it is never unloaded.
  static Result<SaslLibrary> load();
  // The folder of the plugins that came with the release; empty: there is none.
  static std::string own_plugins();
};

}  // namespace arcus::daemon
