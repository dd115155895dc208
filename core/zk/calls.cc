#include "core/zk/calls.h"

#include <algorithm>
#include <utility>

namespace arcus::zk {

void Batch::started() {
  std::lock_guard lock(mutex_);
  ++in_flight_;
}

void Batch::completed(std::size_t index, Reply reply) {
  std::lock_guard lock(mutex_);
  replies_[index] = std::move(reply);
  --in_flight_;
  changed_.notify_all();
}

bool Batch::wait_below(std::size_t limit, Deadline deadline) {
  std::unique_lock lock(mutex_);
  while (in_flight_ >= limit) {
    if (deadline.passed()) return false;
    changed_.wait_for(lock, deadline.left());
  }
  return true;
}

Reply Batch::take(std::size_t index) {
  std::lock_guard lock(mutex_);
  if (!replies_[index]) return Reply{.code = ZOPERATIONTIMEOUT};
  return std::move(*replies_[index]);
}

Call* Calls::add(std::shared_ptr<Batch> batch, std::size_t index) {
  auto call = std::make_unique<Call>();
  call->owner = this;
  call->batch = std::move(batch);
  call->index = index;
  call->batch->started();
  Call* raw = call.get();
  std::lock_guard lock(mutex_);
  calls_.emplace(raw, std::move(call));
  return raw;
}

WatchSlot* Calls::add_watch(Watch watch) {
  auto slot = std::make_unique<WatchSlot>(WatchSlot{this, std::move(watch)});
  WatchSlot* raw = slot.get();
  std::lock_guard lock(mutex_);
  slots_.emplace(raw, std::move(slot));
  return raw;
}

void Calls::finish(Call* call, Reply reply) {
  const bool watched = reply.code == ZOK || (reply.code == ZNONODE && call->watches_absence);
  std::unique_ptr<Call> mine;
  std::unique_ptr<WatchSlot> unused;
  {
    std::lock_guard lock(mutex_);
    if (auto node = calls_.extract(call)) mine = std::move(node.mapped());
    if (mine && mine->slot != nullptr && !watched) {
      if (auto node = slots_.extract(mine->slot)) unused = std::move(node.mapped());
    }
  }
  unused.reset();  // before the caller goes on: what the watch holds is free by then
  if (mine) mine->batch->completed(mine->index, std::move(reply));
}

void Calls::fire(WatchSlot* slot, bool stays_registered) {
  Watch watch;
  std::unique_ptr<WatchSlot> gone;
  {
    std::lock_guard lock(mutex_);
    watch = std::exchange(slot->watch, nullptr);
    if (!stays_registered) {
      if (auto node = slots_.extract(slot)) gone = std::move(node.mapped());
    }
  }
  if (watch) watch();
}

void Calls::finish_all() {
  decltype(calls_) calls;
  decltype(slots_) slots;
  {
    std::lock_guard lock(mutex_);
    calls.swap(calls_);
    slots.swap(slots_);
  }
  for (auto& [raw, call] : calls) call->batch->completed(call->index, Reply{.code = ZCLOSING});
}

namespace {

Call* call_of(const void* context) {
  return static_cast<Call*>(const_cast<void*>(context));
}

Stat stat_of(const struct ::Stat* stat) {
  if (stat == nullptr) return {};
  return Stat{.czxid = stat->czxid,
              .ctime_ms = stat->ctime,
              .mtime_ms = stat->mtime,
              .ephemeral_owner = stat->ephemeralOwner,
              .version = stat->version,
              .num_children = stat->numChildren};
}

void finish(const void* context, Reply reply) {
  Call* call = call_of(context);
  call->owner->finish(call, std::move(reply));
}

}  // namespace

void on_watch(zhandle_t*, int type, int, const char*, void* context) {
  auto* slot = static_cast<WatchSlot*>(context);
  // The library keeps a watch over session events and calls it again.
  slot->owner->fire(slot, type == ZOO_SESSION_EVENT);
}

void on_void(int code, const void* call) {
  finish(call, Reply{.code = code});
}

void on_stat(int code, const struct ::Stat* stat, const void* call) {
  finish(call, Reply{.code = code, .stat = stat_of(stat)});
}

void on_data(int code, const char* data, int size, const struct ::Stat* stat, const void* call) {
  Reply reply{.code = code, .stat = stat_of(stat)};
  if (code == ZOK && data != nullptr && size > 0) {
    reply.text.assign(data, static_cast<std::size_t>(size));
  }
  finish(call, std::move(reply));
}

void on_string(int code, const char* text, const void* call) {
  Reply reply{.code = code};
  if (code == ZOK && text != nullptr) reply.text = text;
  finish(call, std::move(reply));
}

void on_strings(int code, const String_vector* names, const struct ::Stat* stat, const void* call) {
  Reply reply{.code = code, .stat = stat_of(stat)};
  if (code == ZOK && names != nullptr) {
    reply.names.assign(names->data, names->data + names->count);
    std::sort(reply.names.begin(), reply.names.end());
  }
  finish(call, std::move(reply));
}

void on_multi(int code, const void* context) {
  Reply reply{.code = code};
  for (const zoo_op_result_t& result : call_of(context)->op_results) {
    reply.op_codes.push_back(result.err);
  }
  finish(context, std::move(reply));
}

}  // namespace arcus::zk
