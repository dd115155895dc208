// The library's handle and what belongs to it: Client's inside, private to core/zk.
//
// `handle` is taken out under handle_mutex before it is closed, so that no request can use a
// handle that is going; requests hold the lock shared, and only while they hand over bytes.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>

#include "core/zk/calls.h"

namespace arcus::zk {

struct Client::Impl {
  explicit Impl(Options opened_with) : options(std::move(opened_with)) {}

  // One attempt to get a session from `servers`, tried in this order.
  Status open(const std::string& servers);
  // The first state that is final for connecting, or kConnecting when `deadline` passed.
  SessionState wait_connected(Deadline deadline);
  void close(bool end_session);
  // The library's watcher; its context is the Impl.
  static void on_event(zhandle_t* from, int type, int library_state, const char*, void* impl);
  void on_session_state(zhandle_t* from, int library_state);

  // Sends one request: send(handle, call) returns the library's code.
  template <typename Send>
  void submit(const std::shared_ptr<Batch>& batch, std::size_t index, Send send) {
    Call* call = calls.add(batch, index);
    std::shared_lock lock(handle_mutex);
    const int code = handle == nullptr ? static_cast<int>(ZCLOSING) : send(handle, call);
    lock.unlock();
    if (code != ZOK) calls.finish(call, Reply{.code = code});
  }

  // Sends one request and waits for its answer.
  template <typename Send>
  Reply ask(Deadline deadline, Send send) {
    auto batch = std::make_shared<Batch>(1);
    submit(batch, 0, std::move(send));
    batch->wait_all(deadline);
    return batch->take(0);
  }

  // The context for a request's watcher, nothing when no watch is wanted.
  WatchSlot* leave_watch(Call* call, Watch watch) {
    if (!watch) return nullptr;
    call->slot = calls.add_watch(std::move(watch));
    return call->slot;
  }

  Options options;
  Calls calls;

  std::shared_mutex handle_mutex;
  zhandle_t* handle = nullptr;

  mutable std::mutex state_mutex;
  std::condition_variable state_changed;
  SessionState state = SessionState::kConnecting;
  SessionId session;
  std::chrono::milliseconds granted_timeout{0};
};

}  // namespace arcus::zk
