#include "core/base/result.h"

#include <cerrno>
#include <cstring>

namespace arcus {

Error errno_error(std::string_view what, int error_number) {
  const ErrorCode code = error_number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo;
  return {code, std::string(what) + ": " + std::strerror(error_number), error_number == EAGAIN};
}

}  // namespace arcus
