#include "daemon/farewell.h"

#include <unistd.h>

#include <csignal>
#include <thread>

namespace arcus::daemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kUsual{2};
constexpr seconds kTooLate{1};
constexpr milliseconds kLook{200};

}  // namespace

bool Farewell::ask(std::optional<unsigned> wanted) {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (until_ && *until_ - now <= kTooLate) return false;
  patient_ = wanted.has_value();
  until_ = now + (wanted ? seconds(*wanted) : kUsual);
  kill(getpid(), SIGTERM);
  return true;
}

void Farewell::wait(const std::atomic<std::uint64_t>& connections) const {
  std::uint64_t before = UINT64_MAX;
  while (connections > 0 && goes_on(connections < before)) {
    before = connections;
    std::this_thread::sleep_for(kLook);
  }
}

bool Farewell::goes_on(bool fewer) const {
  const std::lock_guard lock(mutex_);
  return until_ && std::chrono::steady_clock::now() < *until_ && (patient_ || fewer);
}

}  // namespace arcus::daemon
