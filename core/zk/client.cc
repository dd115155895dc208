#include "core/zk/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <random>
#include <thread>

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"
#include "core/zk/errors.h"
#include "core/zk/session.h"

// What the sanitizers must not tell of the ZooKeeper library.
#ifdef __SANITIZE_THREAD__
extern "C" const char* __tsan_default_suppressions() {
  return "race:format_endpoint_info\n";  // formats addresses for its log in one buffer for all
}
#endif
#ifdef __SANITIZE_ADDRESS__
extern "C" const char* __lsan_default_suppressions() {
  return "leak:queue_session_event\n";  // forgets an event that comes while a handle is closed
}
#endif

namespace arcus::zk {
namespace {

constexpr int kResolveAgainMs = 10'000;

void log_library_line(const char* line) {
  log::debug(printable(line));
}

void set_up_library() {
  static const bool once = [] {
    // Not WARN: the library's warning in zoo_set_servers reads freed memory.
    zoo_set_debug_level(ZOO_LOG_LEVEL_ERROR);
    // We shuffle ourselves, because connect() must know which server comes first.
    zoo_deterministic_conn_order(1);
    return true;
  }();
  (void)once;
}

SessionState state_of(int library_state) {
  if (library_state == ZOO_CONNECTED_STATE) return SessionState::kConnected;
  if (library_state == ZOO_EXPIRED_SESSION_STATE) return SessionState::kExpired;
  if (library_state == ZOO_AUTH_FAILED_STATE) return SessionState::kAuthFailed;
  return SessionState::kConnecting;
}

// A port that refuses, held as long as this lives: bound, and never listened on. It is on a
// loopback address of no ensemble, because the library takes servers that differ only in their port
// for the same server.
class Nowhere {
 public:
  Nowhere() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    ::inet_pton(AF_INET, kHost, &address.sin_addr);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (::bind(fd_.get(), raw, size) == 0 && ::getsockname(fd_.get(), raw, &size) == 0) {
      port_ = ntohs(address.sin_port);
    }
  }
  std::string server() const { return std::string(kHost) + ":" + std::to_string(port_); }

 private:
  static constexpr const char* kHost = "127.213.94.61";
  UniqueFd fd_;
  std::uint16_t port_ = 1;
};

// Cuts a handle off without a close request. zookeeper_close() sends one exactly when the handle
// is connected, and there is no other way to destroy a handle; but changing its servers to ones
// that it is not connected to drops the connection at once.
void disconnect(zhandle_t* handle, const Nowhere& nowhere) {
  zoo_set_servers(handle, nowhere.server().c_str());
  const Deadline deadline = Deadline::in(std::chrono::seconds(1));
  while (zoo_state(handle) == ZOO_CONNECTED_STATE && !deadline.passed()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

Result<std::vector<std::string>> server_list(const std::string& servers) {
  std::vector<std::string> list = split(servers, ',');
  for (std::string& server : list) {
    server = std::string(trim(server));
    if (!parse_host_port(server)) {
      return invalid("ZooKeeper servers \"" + servers + "\": \"" + server +
                     "\" is not host:port (expected host:port,host:port,...)");
    }
  }
  std::shuffle(list.begin(), list.end(), std::mt19937(std::random_device()()));
  return list;
}

Error not_connected(const std::string& servers, std::chrono::milliseconds waited) {
  return Error{ErrorCode::kTimeout,
               "no ZooKeeper server answered within " + std::to_string(waited.count()) +
                   " ms (tried " + servers + "); is the ensemble running and has it a quorum?",
               true};
}

}  // namespace

Op create_op(std::string path, std::string data) {
  return Op{Op::Kind::kCreate, std::move(path), std::move(data), -1};
}
Op set_op(std::string path, std::string data, std::int32_t version) {
  return Op{Op::Kind::kSet, std::move(path), std::move(data), version};
}
Op remove_op(std::string path, std::int32_t version) {
  return Op{Op::Kind::kRemove, std::move(path), {}, version};
}
Op check_op(std::string path, std::int32_t version) {
  return Op{Op::Kind::kCheck, std::move(path), {}, version};
}

Status Client::Impl::open(const std::string& servers) {
  clientid_t id{};
  id.client_id = options.resume.id;
  std::copy(options.resume.password.begin(), options.resume.password.end(), id.passwd);
  zhandle_t* opened = zookeeper_init2(
      servers.c_str(), on_event, static_cast<int>(options.session_timeout.count()),
      options.resume.id == 0 ? nullptr : &id, this, ZOO_NO_LOG_CLIENTENV, log_library_line);
  if (opened == nullptr) {
    return Error{ErrorCode::kUnreachable,
                 "connecting to ZooKeeper at " + servers + ": " + std::strerror(errno) +
                     " (do these host names resolve?)",
                 true};
  }
  // By default the library resolves all names again on every turn of its loop.
  zoo_set_servers_resolution_delay(opened, kResolveAgainMs);
  std::lock_guard lock(handle_mutex);
  handle = opened;
  return {};
}

SessionState Client::Impl::wait_connected(Deadline deadline) {
  std::unique_lock lock(state_mutex);
  while (state == SessionState::kConnecting && !deadline.passed()) {
    state_changed.wait_for(lock, deadline.left());
  }
  return state;
}

void Client::Impl::on_event(zhandle_t* from, int type, int library_state, const char*, void* impl) {
  if (type == ZOO_SESSION_EVENT) static_cast<Impl*>(impl)->on_session_state(from, library_state);
}

void Client::Impl::on_session_state(zhandle_t* from, int library_state) {
  const SessionState now = state_of(library_state);
  {
    std::lock_guard lock(state_mutex);
    if (state == SessionState::kExpired || state == SessionState::kClosed) return;
    state = now;
    if (now == SessionState::kConnected) {
      const clientid_t* id = zoo_client_id(from);
      session.id = id->client_id;
      std::copy(std::begin(id->passwd), std::end(id->passwd), session.password.begin());
      granted_timeout = std::chrono::milliseconds(zoo_recv_timeout(from));
    }
    state_changed.notify_all();
  }
  if (options.on_state) options.on_state(now);
}

// Joins the library's threads: no callback runs after it.
void Client::Impl::close(bool end_session) {
  zhandle_t* closing = nullptr;
  {
    std::lock_guard lock(handle_mutex);
    closing = std::exchange(handle, nullptr);
  }
  if (closing == nullptr) return;
  const Nowhere nowhere;
  if (!end_session) disconnect(closing, nowhere);
  zookeeper_close(closing);
  calls.finish_all();
}

Client::Client(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Client::~Client() {
  close();
}

// One try a server, each with its share of the time: left alone, the library would stay for a
// third of the session timeout with a server that swallows packets.
Result<std::unique_ptr<Client>> Client::connect(Options options, Deadline deadline) {
  set_up_library();
  const auto waited = deadline.left();
  auto servers = server_list(options.servers);
  if (!servers) return servers.error();
  const std::string named = options.servers;
  const bool resumes = options.resume.id != 0;
  auto impl = std::make_shared<Impl>(std::move(options));

  const auto share =
      std::max(waited / static_cast<int>(servers->size()), std::chrono::milliseconds(1000));
  do {
    if (Status opened = impl->open(join(*servers, ",")); !opened) return opened.error();
    const bool last = servers->size() == 1;
    const auto patience = last ? deadline.left() : std::min(share, deadline.left());
    const SessionState state = impl->wait_connected(Deadline::in(patience));
    if (state == SessionState::kConnected) {
      return std::unique_ptr<Client>(new Client(std::move(impl)));
    }
    // A new session that came too late ends; one that was to be resumed is not ours to end.
    impl->close(!resumes);
    if (state == SessionState::kExpired) {
      if (!resumes) return not_connected(named, waited);
      return Error{ErrorCode::kNotFound, "the saved ZooKeeper session is over already", false};
    }
    if (state == SessionState::kAuthFailed) {
      return Error{ErrorCode::kAuth, "ZooKeeper at " + named + " rejected our credentials", false};
    }
    std::rotate(servers->begin(), servers->begin() + 1, servers->end());
  } while (!deadline.passed());
  return not_connected(named, waited);
}

void Client::close() {
  impl_->close(true);
  std::lock_guard lock(impl_->state_mutex);
  impl_->state = SessionState::kClosed;
}

void Client::abandon() {
  impl_->close(false);
  std::lock_guard lock(impl_->state_mutex);
  impl_->state = SessionState::kClosed;
}

SessionId Client::session() const {
  std::lock_guard lock(impl_->state_mutex);
  return impl_->session;
}

std::chrono::milliseconds Client::session_timeout() const {
  std::lock_guard lock(impl_->state_mutex);
  return impl_->granted_timeout;
}

SessionState Client::state() const {
  std::lock_guard lock(impl_->state_mutex);
  return impl_->state;
}

Status Client::set_servers(const std::string& servers) {
  auto list = server_list(servers);
  if (!list) return list.error();
  std::lock_guard lock(impl_->handle_mutex);
  if (impl_->handle == nullptr) return error_of(ZCLOSING, "changing the servers to", servers);
  // By way of nowhere: the library ignores a list that differs from the old one only in its ports.
  const Nowhere nowhere;
  disconnect(impl_->handle, nowhere);
  const int code = zoo_set_servers(impl_->handle, join(*list, ",").c_str());
  if (code != ZOK) {
    zoo_set_servers(impl_->handle, impl_->options.servers.c_str());
    return error_of(code, "changing the servers to", servers);
  }
  impl_->options.servers = join(*list, ",");
  // The library's thread sleeps on the old connection, for up to a third of the session timeout;
  // any request wakes it.
  zoo_aexists(
      impl_->handle, "/", 0, [](int, const struct ::Stat*, const void*) {}, nullptr);
  return {};
}

}  // namespace arcus::zk
