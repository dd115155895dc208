// LocalTransport: this machine, without SSH. Commands run in a session of their own, so that a
// Ctrl-C at the terminal reaches us and not them. One thread.
#pragma once

#include <string>

#include "core/base/cancel.h"
#include "core/exec/transport.h"

namespace arcus::exec {

class LocalTransport : public Transport {
 public:
  // `cancel` must outlive it.
  explicit LocalTransport(const Cancel& cancel) : cancel_(&cancel) {}

  Status connect() override { return {}; }
  Result<CommandResult> run(const Command& command) override;
  Status upload(const Upload& upload) override;
  std::string login_user() const override;

 private:
  Status check_sudo();

  const Cancel* cancel_;
  bool sudo_works_ = false;
};

}  // namespace arcus::exec
