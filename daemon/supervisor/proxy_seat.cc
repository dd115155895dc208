#include "daemon/supervisor/proxy_seat.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/base/tcp.h"

namespace arcus::daemon {
namespace {

// The supervisor waits so long at most for a join that it does not want any more.
constexpr std::chrono::seconds kJoinTime{10};
constexpr std::chrono::seconds kFlushTime{2};

Status flush(const std::string& ip, std::uint16_t port) {
  const Deadline deadline = Deadline::in(kFlushTime);
  auto fd = tcp::connect(ip, port, deadline);
  if (!fd) return fd.error();
  if (auto sent = tcp::send_all(fd->get(), "flush_all\r\n", deadline); !sent) return sent;
  std::string answer;
  while (!answer.ends_with("\r\n")) {
    auto more = tcp::receive(fd->get(), deadline);
    if (!more) return more.error();
    if (more->empty()) return Error{ErrorCode::kUnreachable, "it closed the connection", true};
    answer += *more;
  }
  return answer == "OK\r\n" ? Status() : Status(Error{ErrorCode::kRemote, "it answers " + answer});
}

}  // namespace

ProxySeat::ProxySeat(Options options)
    : options_(std::move(options)), changed_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

ProxySeat::~ProxySeat() {
  leave();
}

void ProxySeat::start_joining() {
  leave();
  state_ = State::kJoining;
  joining_ = std::thread([this] { join(); });
}

void ProxySeat::leave() {
  if (joining_.joinable()) joining_.join();
  membership_.reset();
  not_emptied_ = false;
  state_ = State::kNone;
  (void)take_change();
}

ProxySeat::State ProxySeat::take_change() {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(changed_.get(), &count, sizeof count);
  return state_;
}

void ProxySeat::join() {
  MembershipCallbacks callbacks;
  callbacks.drop_everything = [this] { empty_engine(); };
  callbacks.stop = [this](int) { become(State::kOut); };
  auto joined =
      Membership::join(options_.membership, std::move(callbacks), Deadline::in(kJoinTime));
  if (!joined) {
    trouble_ = joined.error().message;
    return become(State::kFailed);
  }
  membership_ = *std::move(joined);
  if (not_emptied_) return become(State::kOut);
  auto joining = State::kJoining;  // unless it is out already
  if (state_.compare_exchange_strong(joining, State::kJoined)) tell();
}

void ProxySeat::empty_engine() {
  const Status flushed = flush(options_.engine_ip, options_.membership.port);
  if (flushed) return;
  log::warning("the engine could not be emptied: " + flushed.error().message);
  not_emptied_ = true;
}

void ProxySeat::become(State state) {
  state_ = state;
  tell();
}

void ProxySeat::tell() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(changed_.get(), &one, sizeof one);
}

}  // namespace arcus::daemon
