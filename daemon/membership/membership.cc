#include "daemon/membership/membership.h"

#include "core/base/log.h"
#include "daemon/membership/membership_impl.h"

namespace arcus::daemon {

Membership::Membership(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Membership::~Membership() {
  leave();
}

Result<std::unique_ptr<Membership>> Membership::join(MembershipOptions options,
                                                     MembershipCallbacks callbacks,
                                                     Deadline deadline) {
  auto impl = std::make_unique<Impl>(std::move(options), std::move(callbacks));
  std::promise<Status> promise;
  std::future<Status> joined = promise.get_future();
  impl->thread = std::thread(&Impl::run, impl.get(), deadline, std::move(promise));
  const Status status = joined.get();
  if (!status) {
    impl->thread.join();
    return status.error();
  }
  return std::unique_ptr<Membership>(new Membership(std::move(impl)));
}

void Membership::leave() {
  Impl& impl = *impl_;
  if (!impl.thread.joinable()) return;
  impl.events->close();
  const auto zk = impl.ensemble();
  // Not when the znode was lost: one of that name would be another engine's by now.
  if (zk->state() == zk::SessionState::kConnected && state().ready) {
    if (const Status removed = impl.remove_znode(); !removed) {
      log::warning("leaving: " + removed.error().message);
    }
  }
  zk->close();
  impl.thread.join();
  impl.ensemble()->close();  // that of a rejoin which came in between
  const std::lock_guard lock(impl.state_mutex);
  impl.state.znode.clear();
  impl.state.connected = false;
  impl.state.ready = false;
}

Status Membership::rejoin(Deadline deadline) {
  return impl_->ask([impl = impl_.get(), deadline] { return impl->rejoin(deadline); }, deadline);
}

Status Membership::pause(Deadline deadline) {
  return impl_->ask([impl = impl_.get()] { return impl->pause(); }, deadline);
}

Status Membership::set_servers(const std::string& zklist) {
  const std::lock_guard lock(impl_->state_mutex);
  // A session that is over has nothing to move; the next one goes there.
  if (impl_->state.ready) {
    if (Status moved = impl_->zk->set_servers(zklist); !moved) return moved;
  }
  impl_->servers = zklist;
  return {};
}

std::string Membership::servers() const {
  return impl_->server_list();
}

MembershipState Membership::state() const {
  const std::lock_guard lock(impl_->state_mutex);
  return impl_->state;
}

}  // namespace arcus::daemon
