// Asks an engine over its own port whether it still does its work: stores a value, reads it back,
// and asks `ready`, all on one connection. Never waits: whoever owns it (the supervisor's one
// thread) polls fd() for events() and calls advance(); the deadline is the owner's too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/unique_fd.h"

namespace arcus::daemon {

class Probe {
 public:
  enum class Verdict {
    kPending,
    kGood,      // it stores and gives back, and doesn't say that it is out of its cloud
    kNotReady,  // the same, but it says NOT_READY
    kBad,       // see trouble()
  };

  // `ip`: an IPv4 literal. `value` tells this probe's answer from an earlier one's.
  Verdict begin(const std::string& ip, std::uint16_t port, const std::string& value);
  // After fd() became ready. Any verdict but kPending ends the probe.
  Verdict advance();
  void end();

  bool pending() const { return static_cast<bool>(socket_); }
  int fd() const { return socket_.get(); }
  short events() const;
  const std::string& trouble() const { return trouble_; }

 private:
  Verdict bad(std::string why);
  Verdict send();
  Verdict receive();

  UniqueFd socket_;
  std::string value_;
  std::string unsent_;
  std::string answer_;
  std::string trouble_;
};

// What the bytes received so far say; `value` is what was stored. Pure.
Probe::Verdict judge_answer(std::string_view answer, std::string_view value, std::string& trouble);

}  // namespace arcus::daemon
