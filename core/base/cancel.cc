#include "core/base/cancel.h"

#include <sys/eventfd.h>

#include <cstdint>

namespace arcus {

Cancel::Cancel() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Cancel::request() {
  requested_ = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(fd_.get(), &one, sizeof one);
}

}  // namespace arcus
