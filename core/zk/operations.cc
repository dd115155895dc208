// Client's one-znode operations, alone and pipelined.
#include <utility>

#include "core/zk/errors.h"
#include "core/zk/session.h"

namespace arcus::zk {
namespace {

// The library wakes its thread through a pipe and drops the connection when that is full; far
// fewer than it holds are kept in flight.
constexpr std::size_t kMaxInFlight = 4096;

Result<Znode> znode_of(Reply reply, const std::string& path) {
  if (reply.code != ZOK) return error_of(reply.code, "reading", path);
  return Znode{std::move(reply.text), reply.stat};
}

Result<Children> children_of(Reply reply, const std::string& path) {
  if (reply.code != ZOK) return error_of(reply.code, "listing", path);
  return Children{std::move(reply.names), reply.stat};
}

Result<Stat> stat_of(const Reply& reply, const std::string& path) {
  if (reply.code != ZOK) return error_of(reply.code, "looking for", path);
  return reply.stat;
}

Status status_of(const Reply& reply, std::string_view doing, const std::string& path) {
  if (reply.code != ZOK) return error_of(reply.code, doing, path);
  return {};
}

int flags_of(CreateMode mode) {
  switch (mode) {
    case CreateMode::kPersistent:
      return ZOO_PERSISTENT;
    case CreateMode::kEphemeral:
      return ZOO_EPHEMERAL;
    case CreateMode::kPersistentSequential:
      return ZOO_PERSISTENT_SEQUENTIAL;
  }
  return ZOO_PERSISTENT;
}

// submit(batch, index) sends the request for one path; convert makes its result.
template <typename T, typename Submit>
std::vector<Result<T>> pipelined(const std::vector<std::string>& paths, Deadline deadline,
                                 Submit submit, Result<T> (*convert)(Reply, const std::string&)) {
  auto batch = std::make_shared<Batch>(paths.size());
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (!batch->wait_below(kMaxInFlight, deadline)) break;
    submit(batch, i);
  }
  batch->wait_all(deadline);
  std::vector<Result<T>> results;
  results.reserve(paths.size());
  for (std::size_t i = 0; i < paths.size(); ++i)
    results.push_back(convert(batch->take(i), paths[i]));
  return results;
}

}  // namespace

Result<Znode> Client::get(const std::string& path, Deadline deadline) {
  return znode_of(impl_->ask(deadline,
                             [&](zhandle_t* handle, Call* call) {
                               return zoo_aget(handle, path.c_str(), 0, on_data, call);
                             }),
                  path);
}

Result<Children> Client::children(const std::string& path, Deadline deadline, Watch watch) {
  return children_of(impl_->ask(deadline,
                                [&](zhandle_t* handle, Call* call) {
                                  WatchSlot* slot = impl_->leave_watch(call, std::move(watch));
                                  return zoo_awget_children2(handle, path.c_str(),
                                                             slot ? on_watch : nullptr, slot,
                                                             on_strings, call);
                                }),
                     path);
}

Result<Stat> Client::exists(const std::string& path, Deadline deadline, Watch watch) {
  return stat_of(impl_->ask(deadline,
                            [&](zhandle_t* handle, Call* call) {
                              WatchSlot* slot = impl_->leave_watch(call, std::move(watch));
                              call->watches_absence = true;
                              return zoo_awexists(handle, path.c_str(), slot ? on_watch : nullptr,
                                                  slot, on_stat, call);
                            }),
                 path);
}

Result<std::string> Client::create(const std::string& path, std::string_view data, CreateMode mode,
                                   Deadline deadline) {
  Reply reply = impl_->ask(deadline, [&](zhandle_t* handle, Call* call) {
    return zoo_acreate(handle, path.c_str(), data.data(), static_cast<int>(data.size()),
                       &ZOO_OPEN_ACL_UNSAFE, flags_of(mode), on_string, call);
  });
  if (reply.code != ZOK) return error_of(reply.code, "creating", path);
  return std::move(reply.text);
}

Status Client::set(const std::string& path, std::string_view data, std::int32_t version,
                   Deadline deadline) {
  return status_of(impl_->ask(deadline,
                              [&](zhandle_t* handle, Call* call) {
                                return zoo_aset(handle, path.c_str(), data.data(),
                                                static_cast<int>(data.size()), version, on_stat,
                                                call);
                              }),
                   "writing", path);
}

Status Client::remove(const std::string& path, std::int32_t version, Deadline deadline) {
  return status_of(impl_->ask(deadline,
                              [&](zhandle_t* handle, Call* call) {
                                return zoo_adelete(handle, path.c_str(), version, on_void, call);
                              }),
                   "removing", path);
}

Status Client::sync(const std::string& path, Deadline deadline) {
  return status_of(impl_->ask(deadline,
                              [&](zhandle_t* handle, Call* call) {
                                return zoo_async(handle, path.c_str(), on_string, call);
                              }),
                   "syncing", path);
}

std::vector<Result<Znode>> Client::get_all(const std::vector<std::string>& paths,
                                           Deadline deadline) {
  const auto submit = [&](const std::shared_ptr<Batch>& batch, std::size_t i) {
    impl_->submit(batch, i, [&](zhandle_t* handle, Call* call) {
      return zoo_aget(handle, paths[i].c_str(), 0, on_data, call);
    });
  };
  return pipelined<Znode>(paths, deadline, submit, znode_of);
}

std::vector<Result<Children>> Client::children_all(const std::vector<std::string>& paths,
                                                   Deadline deadline) {
  const auto submit = [&](const std::shared_ptr<Batch>& batch, std::size_t i) {
    impl_->submit(batch, i, [&](zhandle_t* handle, Call* call) {
      return zoo_aget_children2(handle, paths[i].c_str(), 0, on_strings, call);
    });
  };
  return pipelined<Children>(paths, deadline, submit, children_of);
}

std::vector<Result<Stat>> Client::exists_all(const std::vector<std::string>& paths,
                                             Deadline deadline) {
  const auto submit = [&](const std::shared_ptr<Batch>& batch, std::size_t i) {
    impl_->submit(batch, i, [&](zhandle_t* handle, Call* call) {
      return zoo_aexists(handle, paths[i].c_str(), 0, on_stat, call);
    });
  };
  const auto convert = +[](Reply reply, const std::string& path) { return stat_of(reply, path); };
  return pipelined<Stat>(paths, deadline, submit, convert);
}

}  // namespace arcus::zk
