// A whole connection over a socket pair, with an engine behind it: the input's first bytes say how
// the others are cut. A second engine gets them uncut, and both must have answered the same.
#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/net/connection.h"

namespace {

using namespace arcus;
using namespace arcus::daemon;

class StandingClock : public Clock {
 public:
  Steady now() const override { return Steady(std::chrono::seconds(100)); }
  Wall wall() const override { return Wall(std::chrono::seconds(1'700'000'000)); }
};
const StandingClock kClock;

Config small_config() {
  Config config;
  config.memory_mb = 1;  // one shard, so that CAS ids are the same in every run
  config.sticky_mb = 1;
  config.hash_seed = 1;  // and the order of sets
  config.value_limit = 100'000;
  return config;
}

class Served {
 public:
  Served()
      : engine_(small_config(), "1.2.3", kClock),
        place_(new Workplace{engine_, engine_.new_thread_stats(), 4, engine_.now()}) {
    engine_.cloud_state = [] { return CloudState(); };
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) std::abort();
    client_.reset(ends[0]);
    connection_ = std::make_unique<Connection>(UniqueFd(ends[1]), engine_.now());
  }

  // False when the connection is over.
  bool give(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(client_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) std::abort();  // everything that was sent before has been read
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      if (!serve()) return false;
    }
    return true;
  }
  // Without the lines of statistics, which tell of time and of how bytes were cut.
  std::string answers() const {
    std::string rest;
    for (std::size_t at = 0; at < answers_.size();) {
      const std::size_t end = std::min(answers_.find('\n', at), answers_.size() - 1) + 1;
      if (answers_.compare(at, 5, "STAT ") != 0) rest.append(answers_, at, end - at);
      at = end;
    }
    return rest;
  }

 private:
  bool serve() {
    Wish wish = connection_->readable(*place_);
    while (true) {
      take();
      if (wish == Wish::kClose) return false;
      if (wish == Wish::kRead) {
        char byte;
        const ssize_t more = recv(connection_->fd(), &byte, 1, MSG_PEEK);
        if (more <= 0) return true;
        wish = connection_->readable(*place_);
      } else {
        wish = wish == Wish::kWrite ? connection_->writable(*place_) : connection_->again(*place_);
      }
    }
  }
  void take() {
    static char bytes[1 << 18];
    ssize_t size = 0;
    while ((size = recv(client_.get(), bytes, sizeof bytes, 0)) > 0) {
      answers_.append(bytes, static_cast<std::size_t>(size));
    }
  }

  Engine engine_;
  std::unique_ptr<Workplace> place_;
  UniqueFd client_;
  std::unique_ptr<Connection> connection_;
  std::string answers_;
};

}  // namespace

namespace {

// Dumps and command logs go to where the client says.
bool writes_files(std::string_view bytes) {
  const auto has = [&](std::string_view word) { return bytes.find(word) != bytes.npos; };
  return has("start") && (has("dump") || has("cmdlog"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kCuts = 4;
  if (size < kCuts) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + kCuts, size - kCuts);
  if (writes_files(bytes)) return 0;
  Served whole;
  whole.give(bytes);

  Served cut;
  for (std::size_t at = 0, turn = 0; at < bytes.size(); ++turn) {
    const std::size_t piece = 1 + data[turn % kCuts];
    if (!cut.give(bytes.substr(at, piece))) break;
    at += piece;
  }
  if (whole.answers() != cut.answers()) {
    std::fprintf(stderr, "--- in one piece:\n%s\n--- cut:\n%s\n", whole.answers().c_str(),
                 cut.answers().c_str());
    std::abort();
  }
  return 0;
}
