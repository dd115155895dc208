// Requests in flight and watches left, private to core/zk.
//
// The library is given raw pointers to Call and WatchSlot; both belong to the Calls of their
// session until the library can't use them any more. A completion that comes after the caller's
// deadline therefore still finds its Call, and one that never comes leaks nothing. Calls outlives
// the library's handle. Any thread.
#pragma once

#include <zookeeper/zookeeper.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/zk/client.h"

namespace arcus::zk {

// What any request may be answered with; only the parts its kind has are filled in.
struct Reply {
  int code = ZOK;
  std::string text{};  // a znode's data, or a created path
  std::vector<std::string> names{};
  Stat stat{};
  std::vector<int> op_codes{};  // multi
};

// The answers to requests that were sent together.
class Batch {
 public:
  explicit Batch(std::size_t size) : replies_(size) {}

  void started();
  void completed(std::size_t index, Reply reply);
  // True when fewer than `limit` are in flight.
  bool wait_below(std::size_t limit, Deadline deadline);
  bool wait_all(Deadline deadline) { return wait_below(1, deadline); }
  // The answer, or ZOPERATIONTIMEOUT when there is none.
  Reply take(std::size_t index);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t in_flight_ = 0;
  std::vector<std::optional<Reply>> replies_;
};

class Calls;

struct WatchSlot {
  Calls* owner = nullptr;
  Watch watch;  // empty once it fired
};

struct Call {
  Calls* owner = nullptr;
  std::shared_ptr<Batch> batch;
  std::size_t index = 0;
  WatchSlot* slot = nullptr;
  bool watches_absence = false;  // the watch stays when there is no such znode
  std::vector<zoo_op_result_t> op_results;
};

class Calls {
 public:
  Call* add(std::shared_ptr<Batch> batch, std::size_t index);
  WatchSlot* add_watch(Watch watch);
  // Answers the call and forgets it, with its watch when the library did not keep that.
  void finish(Call* call, Reply reply);
  // Runs the watch if it has not run yet; forgets it unless the library will call it again.
  void fire(WatchSlot* slot, bool stays_registered);
  // After the handle is gone: whoever still waits is told so.
  void finish_all();

 private:
  std::mutex mutex_;
  std::unordered_map<Call*, std::unique_ptr<Call>> calls_;
  std::unordered_map<WatchSlot*, std::unique_ptr<WatchSlot>> slots_;
};

// Watcher function for WatchSlot contexts.
void on_watch(zhandle_t*, int type, int state, const char* path, void* slot);

// Completion functions for Call contexts.
void on_void(int code, const void* call);
void on_stat(int code, const struct ::Stat* stat, const void* call);
void on_data(int code, const char* data, int size, const struct ::Stat* stat, const void* call);
void on_string(int code, const char* text, const void* call);
void on_strings(int code, const String_vector* names, const struct ::Stat* stat, const void* call);
void on_multi(int code, const void* call);

}  // namespace arcus::zk
