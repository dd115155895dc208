#include "daemon/net/heartbeat.h"

#include <algorithm>
#include <utility>

#include "core/base/log.h"
#include "core/base/tcp.h"

namespace arcus::daemon {
namespace {

constexpr std::string_view kRequest = "set arcus:zk-ping 1 0 1\r\n1\r\n";
constexpr const char* kLoopback = "127.0.0.1";

}  // namespace

bool Pulse::beat(std::uint32_t took, std::uint32_t timeout, std::uint32_t failstop) {
  if (took < timeout || failstop == 0) {
    missed_ = 0;
    return false;
  }
  missed_ += took;
  return missed_ > failstop;
}

Heartbeat::Heartbeat(Engine& engine, std::string host, std::uint16_t port,
                     std::function<void()> failed)
    : engine_(engine),
      host_(std::move(host)),
      port_(port),
      failed_(std::move(failed)),
      thread_([this] { run(); }) {}

Heartbeat::~Heartbeat() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Heartbeat::run() {
  Pulse pulse;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      // After one that was missed, the next follows at once.
      const auto pause = pulse.missed() ? std::chrono::seconds(0) : kPause;
      if (changed_.wait_for(lock, pause, [this] { return stop_; })) return;
    }
    const Settings& settings = engine_.settings();
    const std::uint32_t timeout = settings.heartbeat_timeout;
    const std::uint32_t took = beat();
    if (took >= timeout) {
      log::warning("the heartbeat took " + std::to_string(took) + " ms, of " +
                   std::to_string(timeout));
    }
    if (!pulse.beat(took, timeout, settings.heartbeat_failstop)) continue;
    log::error("no heartbeat for too long: the node gives up");
    return failed_();
  }
}

// How long it took, in milliseconds. Whatever answers is alive; one that cannot connect at once may
// only be out of descriptors.
std::uint32_t Heartbeat::beat() const {
  constexpr std::chrono::milliseconds kBeyond{50};
  const std::chrono::milliseconds timeout(engine_.settings().heartbeat_timeout);
  const auto started = std::chrono::steady_clock::now();
  const Deadline deadline = Deadline::in(timeout + kBeyond);
  if (const auto connected = tcp::connect(host_, port_, deadline)) {
    if (tcp::send_all(connected->get(), kRequest, deadline)) {
      static_cast<void>(tcp::receive(connected->get(), deadline));
    }
  }
  const auto took = std::chrono::steady_clock::now() - started;
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
}

std::string heartbeat_host(const Config& config) {
  const auto& listen = config.listen;
  const auto is_loopback = [](const std::string& address) {
    return address.starts_with(kLoopback) || address.starts_with("localhost") ||
           address.starts_with("0.0.0.0");
  };
  if (listen.empty() || std::any_of(listen.begin(), listen.end(), is_loopback)) return kLoopback;
  std::string host = listen.front();
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  // Of an IPv6 address without brackets, a colon separates no port.
  if (std::count(host.begin(), host.end(), ':') == 1) host.resize(host.find(':'));
  return host;
}

}  // namespace arcus::daemon
