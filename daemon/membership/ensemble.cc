#include "daemon/membership/ensemble.h"

#include "core/base/text.h"

namespace arcus::daemon {
namespace {

class RealEnsemble : public Ensemble {
 public:
  explicit RealEnsemble(std::unique_ptr<zk::Client> client) : client_(std::move(client)) {}

  void close() override { client_->close(); }
  zk::SessionId session() const override { return client_->session(); }
  std::chrono::milliseconds session_timeout() const override { return client_->session_timeout(); }
  zk::SessionState state() const override { return client_->state(); }
  Status set_servers(const std::string& servers) override { return client_->set_servers(servers); }
  Result<zk::Znode> get(const std::string& path, Deadline deadline) override {
    return client_->get(path, deadline);
  }
  Result<zk::Children> children(const std::string& path, Deadline deadline,
                                zk::Watch watch) override {
    return client_->children(path, deadline, std::move(watch));
  }
  Result<zk::Stat> exists(const std::string& path, Deadline deadline, zk::Watch watch) override {
    return client_->exists(path, deadline, std::move(watch));
  }
  Result<std::string> create(const std::string& path, std::string_view data, zk::CreateMode mode,
                             Deadline deadline) override {
    return client_->create(path, data, mode, deadline);
  }
  Status remove(const std::string& path, Deadline deadline) override {
    return client_->remove(path, -1, deadline);
  }
  Status sync(const std::string& path, Deadline deadline) override {
    return client_->sync(path, deadline);
  }

 private:
  std::unique_ptr<zk::Client> client_;
};

// "host" of "host:2888:3888:participant".
std::string_view server_host(std::string_view server) {
  const auto bracket = server.starts_with('[') ? server.find(']') + 1 : 0;
  return server.substr(0, server.find(':', bracket));
}

}  // namespace

Connect real_ensemble() {
  return [](zk::Options options, Deadline deadline) -> Result<std::unique_ptr<Ensemble>> {
    auto client = zk::Client::connect(std::move(options), deadline);
    if (!client) return client.error();
    return std::unique_ptr<Ensemble>(std::make_unique<RealEnsemble>(*std::move(client)));
  };
}

std::string servers_of_config(std::string_view config) {
  std::vector<std::string> servers;
  for (const auto& line : lines(config)) {
    const auto equals = line.find('=');
    const auto semicolon = line.find(';');
    if (!line.starts_with("server.") || equals == std::string::npos ||
        semicolon == std::string::npos) {
      continue;
    }
    // "2181", or with the address it listens on, of which 0.0.0.0 leads nowhere.
    const std::string_view client = std::string_view(line).substr(semicolon + 1);
    const auto colon = client.rfind(':');
    std::string_view host = colon == std::string_view::npos ? "" : client.substr(0, colon);
    if (host.empty() || host == "0.0.0.0" || host == "[::]" || host == "[0:0:0:0:0:0:0:0]") {
      host = server_host(std::string_view(line).substr(equals + 1));
    }
    const std::string_view port =
        colon == std::string_view::npos ? client : client.substr(colon + 1);
    servers.push_back(std::string(host) + ":" + std::string(trim(port)));
  }
  return join(servers, ",");
}

}  // namespace arcus::daemon
