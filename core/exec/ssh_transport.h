// SshTransport: a host over SSH. Owns one session, made when first needed and kept; one thread.
#pragma once

#include <memory>
#include <string>

#include "core/base/cancel.h"
#include "core/exec/transport.h"
#include "core/ssh/session.h"
#include "core/ssh/target.h"

namespace arcus::exec {

class SshTransport : public Transport {
 public:
  // `cancel` must outlive it.
  SshTransport(ssh::Target target, const Cancel& cancel)
      : target_(std::move(target)), cancel_(&cancel) {}

  Status connect() override { return connect(cancel_); }
  Result<CommandResult> run(const Command& command) override;
  Status upload(const Upload& upload) override;
  std::string login_user() const override;

 private:
  Status connect(const Cancel* cancel);
  void stop_remote(const std::string& process, bool as_root);
  void forget_if_lost(const Error& error);

  ssh::Target target_;
  const Cancel* cancel_;
  std::unique_ptr<ssh::Session> session_;
};

}  // namespace arcus::exec
