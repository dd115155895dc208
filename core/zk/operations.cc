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

Result<Children> list_of(Reply reply, const std::string& path) {
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

// Sends `count` requests, of which submit(batch, index) sends one, and waits for their answers.
template <typename Submit>
std::shared_ptr<Batch> pipelined(std::size_t count, Deadline deadline, Submit submit) {
  auto batch = std::make_shared<Batch>(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (!batch->wait_below(kMaxInFlight, deadline)) break;
    submit(batch, i);
  }
  batch->wait_all(deadline);
  return batch;
}

// The batch's answers from `first` on, one for each path.
template <typename T, typename Convert>
std::vector<Result<T>> results(Batch& batch, std::size_t first,
                               const std::vector<std::string>& paths, Convert convert) {
  std::vector<Result<T>> list;
  list.reserve(paths.size());
  for (std::size_t i = 0; i < paths.size(); ++i)
    list.push_back(convert(batch.take(first + i), paths[i]));
  return list;
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
  return list_of(impl_->ask(deadline,
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

ReadAll Client::read_all(const std::vector<std::string>& data_of,
                         const std::vector<std::string>& children_of, Deadline deadline) {
  const std::size_t znodes = data_of.size();
  const auto submit = [&](const std::shared_ptr<Batch>& batch, std::size_t i) {
    impl_->submit(batch, i, [&](zhandle_t* handle, Call* call) {
      if (i < znodes) return zoo_aget(handle, data_of[i].c_str(), 0, on_data, call);
      return zoo_aget_children2(handle, children_of[i - znodes].c_str(), 0, on_strings, call);
    });
  };
  const auto batch = pipelined(znodes + children_of.size(), deadline, submit);
  return {results<Znode>(*batch, 0, data_of, znode_of),
          results<Children>(*batch, znodes, children_of, list_of)};
}

std::vector<Result<Znode>> Client::get_all(const std::vector<std::string>& paths,
                                           Deadline deadline) {
  return read_all(paths, {}, deadline).znodes;
}

std::vector<Result<Children>> Client::children_all(const std::vector<std::string>& paths,
                                                   Deadline deadline) {
  return read_all({}, paths, deadline).children;
}

std::vector<Result<Stat>> Client::exists_all(const std::vector<std::string>& paths,
                                             Deadline deadline) {
  const auto submit = [&](const std::shared_ptr<Batch>& batch, std::size_t i) {
    impl_->submit(batch, i, [&](zhandle_t* handle, Call* call) {
      return zoo_aexists(handle, paths[i].c_str(), 0, on_stat, call);
    });
  };
  return results<Stat>(*pipelined(paths.size(), deadline, submit), 0, paths, stat_of);
}

}  // namespace arcus::zk
