// A ZooKeeper session: the only user of zookeeper.h. All calls are asynchronous inside and carry
// our own deadline, so that a mute server never blocks longer than asked.
//
// Threads: methods may be called from any thread but the library's own; callbacks (session state,
// watches) run on the library's completion thread, must be short, and must not call the blocking
// methods of this class.
//
// Errors: kNotFound (no such znode), kExists, kConflict (version mismatch), kRefused (not empty,
// no permission), kUnreachable (connection lost; retryable), kAuth, kTimeout (our deadline),
// kInternal (session expired or the handle is closed). Messages name the znode.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/base/result.h"

namespace arcus::zk {

struct SessionId {
  std::int64_t id = 0;
  std::array<char, 16> password{};
};

enum class SessionState { kConnecting, kConnected, kExpired, kAuthFailed, kClosed };

struct Stat {
  std::int64_t czxid = 0;
  std::int64_t ctime_ms = 0;
  std::int64_t mtime_ms = 0;
  std::int64_t ephemeral_owner = 0;  // a session's id; 0 for a persistent znode
  std::int32_t version = 0;
  std::int32_t num_children = 0;
};

struct Znode {
  std::string data;
  Stat stat;
};

struct Children {
  std::vector<std::string> names;  // sorted
  Stat stat;                       // of the parent
};

// What read_all() found, in the order of the paths it was given.
struct ReadAll {
  std::vector<Result<Znode>> znodes;
  std::vector<Result<Children>> children;
};

enum class CreateMode { kPersistent, kEphemeral, kPersistentSequential };

// One operation of a multi(). Make them with the functions below.
struct Op {
  enum class Kind { kCreate, kSet, kRemove, kCheck };
  Kind kind = Kind::kCheck;
  std::string path;
  std::string data;
  std::int32_t version = -1;  // kSet, kRemove, kCheck: -1 matches any
};
Op create_op(std::string path, std::string data);
Op set_op(std::string path, std::string data, std::int32_t version = -1);
Op remove_op(std::string path, std::int32_t version = -1);
Op check_op(std::string path, std::int32_t version);

struct Options {
  std::string servers;  // "host:port,host:port"
  std::chrono::milliseconds session_timeout{30000};
  SessionId resume{};  // id != 0: attach to this session again instead of opening one
  std::function<void(SessionState)> on_state{};
};

using Watch = std::function<void()>;  // fires once, on any change or session event

class Client {
 public:
  // Connects and waits until the session is established. kTimeout names the servers tried;
  // kNotFound when `resume` names a session that is over.
  static Result<std::unique_ptr<Client>> connect(Options options, Deadline deadline);
  ~Client();  // closes the session, as close() does

  // Ends the session: its ephemeral znodes go at once. Harmless when called twice.
  void close();
  // Forgets the session without ending it: its ephemeral znodes stay until it expires.
  void abandon();

  SessionId session() const;
  std::chrono::milliseconds session_timeout() const;  // as the server granted it
  SessionState state() const;
  Status set_servers(const std::string& servers);

  // One round trip each.
  Result<Znode> get(const std::string& path, Deadline deadline);
  Result<Children> children(const std::string& path, Deadline deadline, Watch watch = nullptr);
  // kNotFound when absent; the watch (if any) is left in either case.
  Result<Stat> exists(const std::string& path, Deadline deadline, Watch watch = nullptr);
  // The created path (the sequence number is known only then).
  Result<std::string> create(const std::string& path, std::string_view data, CreateMode mode,
                             Deadline deadline);
  Status set(const std::string& path, std::string_view data, std::int32_t version,
             Deadline deadline);
  Status remove(const std::string& path, std::int32_t version, Deadline deadline);
  Status sync(const std::string& path, Deadline deadline);
  // All or nothing; the error names the first operation that failed and its znode.
  Status multi(const std::vector<Op>& operations, Deadline deadline);

  // Pipelined: all requests are sent before the first answer is awaited; results in the order of
  // `paths`, each with its own error. One round trip for all.
  std::vector<Result<Znode>> get_all(const std::vector<std::string>& paths, Deadline deadline);
  std::vector<Result<Children>> children_all(const std::vector<std::string>& paths,
                                             Deadline deadline);
  std::vector<Result<Stat>> exists_all(const std::vector<std::string>& paths, Deadline deadline);
  // The data of some and the children of others, all in the same round trip.
  ReadAll read_all(const std::vector<std::string>& data_of,
                   const std::vector<std::string>& children_of, Deadline deadline);

 private:
  struct Impl;
  explicit Client(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

// Four-letter word over a plain TCP connection ("srvr", "mntr", "ruok"): the whole answer.
// kUnreachable / kTimeout name the server; an answer that it isn't whitelisted is kRefused.
Result<std::string> four_letter_word(const std::string& host, std::uint16_t port,
                                     std::string_view word, Deadline deadline,
                                     const Cancel* cancel = nullptr);

// The ZooKeeper C library's own version: "3.8.0".
std::string_view library_version();

}  // namespace arcus::zk
