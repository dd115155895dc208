// A plain TCP client: a non-blocking socket whose every wait has a deadline and, where one is
// given, an end by Cancel. Any thread, one at a time each. Errors: kUnreachable (retryable),
// kTimeout, kCancelled; the caller says who was asked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace arcus::tcp {

// Tries every address of `host` in turn. The system's resolver may block longer than the deadline.
Result<UniqueFd> connect(const std::string& host, std::uint16_t port, Deadline deadline,
                         const Cancel* cancel = nullptr);

Status send_all(int fd, std::string_view bytes, Deadline deadline, const Cancel* cancel = nullptr);
// What has arrived, at least one byte; empty: the peer has closed.
Result<std::string> receive(int fd, Deadline deadline, const Cancel* cancel = nullptr);

}  // namespace arcus::tcp
