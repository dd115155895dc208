#include "daemon/supervisor/prober.h"

#include <unistd.h>

#include "core/base/text.h"

namespace arcus::daemon {
namespace {

constexpr unsigned kProbesInHang = 5;  // the pause between two, and the patience with each
constexpr unsigned kFasterWhenFailing = 4;
constexpr std::chrono::seconds kLate{1};

}  // namespace

Prober::Prober(const std::string& address, std::chrono::milliseconds hang) : hang_(hang) {
  if (const auto parsed = parse_host_port(address)) {
    ip_ = parsed->host;
    port_ = parsed->port;
  }
}

void Prober::watch(Clock::Steady now) {
  if (!configured()) return;
  stop();
  last_good_ = now;
  failures_ = 0;
  not_ready_since_.reset();
  trouble_.clear();
  due_ = now;
}

void Prober::stop() {
  probe_.end();
  due_.reset();
}

Prober::Finding Prober::on_ready(Clock::Steady now) {
  if (!probe_.pending()) return Finding::kNothing;
  const Probe::Verdict verdict = probe_.advance();
  return verdict == Probe::Verdict::kPending ? Finding::kNothing : judge(verdict, now);
}

Prober::Finding Prober::on_time(Clock::Steady now) {
  if (!due_ || now < *due_) return Finding::kNothing;
  if (now - *due_ > kLate) {
    last_good_ = now;
    failures_ = 0;
    probe_.end();
  }
  if (!probe_.pending()) return begin(now);
  probe_.end();
  trouble_ = "no answer";
  return failed(now);
}

Prober::Finding Prober::begin(Clock::Steady now) {
  const auto verdict =
      probe_.begin(ip_, port_, std::to_string(::getpid()) + "-" + std::to_string(++number_));
  if (verdict != Probe::Verdict::kPending) return judge(verdict, now);
  due_ = now + hang_ / kProbesInHang;
  return Finding::kNothing;
}

Prober::Finding Prober::judge(Probe::Verdict verdict, Clock::Steady now) {
  if (verdict == Probe::Verdict::kBad) {
    trouble_ = probe_.trouble();
    return failed(now);
  }
  last_good_ = now;
  failures_ = 0;
  due_ = now + hang_ / kProbesInHang;
  if (verdict == Probe::Verdict::kGood) {
    not_ready_since_.reset();
    trouble_.clear();
    return Finding::kPassed;
  }
  if (!not_ready_since_) not_ready_since_ = now;
  trouble_ = "it says NOT_READY: it is out of its cloud";
  return now - *not_ready_since_ >= hang_ ? Finding::kLeft : Finding::kNotReady;
}

Prober::Finding Prober::failed(Clock::Steady now) {
  ++failures_;
  due_ = now + hang_ / kProbesInHang / kFasterWhenFailing;
  return failures_ >= 2 && now - last_good_ >= hang_ ? Finding::kHung : Finding::kFailed;
}

}  // namespace arcus::daemon
