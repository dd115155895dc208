// What the ZooKeeper library's result codes mean to us. Pure; any thread.
#pragma once

#include <string_view>

#include "core/base/result.h"

namespace arcus::zk {

// `code` is a ZOO_ERRORS other than ZOK. The message reads "<doing> <path>: <why>".
Error error_of(int code, std::string_view doing, std::string_view path);

}  // namespace arcus::zk
