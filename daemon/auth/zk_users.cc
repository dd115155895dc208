#include "daemon/auth/zk_users.h"

#include <utility>
#include <vector>

#include "core/zk/client.h"

namespace arcus::daemon {
namespace {

constexpr std::chrono::milliseconds kSessionTime{10'000};

// Whose secret it is, and its name.
using Owner = std::pair<User*, std::string>;

Status read_secrets(zk::Client& client, const std::vector<std::string>& paths,
                    const std::vector<Owner>& owners, Deadline deadline) {
  auto secrets = client.get_all(paths, deadline);
  for (std::size_t i = 0; i < secrets.size(); ++i) {
    if (secrets[i]) {
      owners[i].first->secrets[owners[i].second] = std::move(secrets[i]->data);
    } else if (secrets[i].error().code != ErrorCode::kNotFound) {
      return secrets[i].error();
    }
  }
  return {};
}

Result<Users> read_group(zk::Client& client, const std::string& group, Deadline deadline) {
  if (group.empty() || group.find('/') != std::string::npos) {
    return invalid("'" + group + "' is no name of an ACL group");
  }
  const std::string top = "/arcus_acl/" + group;
  const auto names = client.children(top, deadline);
  if (!names) return names.error();

  std::vector<std::string> paths;
  for (const std::string& name : names->names) paths.push_back(top + "/" + name);
  const auto read = client.read_all(paths, paths, deadline);
  Users users;
  std::vector<std::string> secret_paths;
  std::vector<Owner> owners;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const auto& znode = read.znodes[i];
    const auto& secrets = read.children[i];
    // Whoever was removed meanwhile is no user.
    if (!znode && znode.error().code == ErrorCode::kNotFound) continue;
    if (!znode) return znode.error();
    if (!secrets) return secrets.error();
    User& user = users[names->names[i]];
    user.permissions = parse_permissions(znode->data);
    for (const std::string& secret : secrets->names) {
      secret_paths.push_back(paths[i] + "/" + secret);
      owners.emplace_back(&user, secret);
    }
  }
  if (const Status status = read_secrets(client, secret_paths, owners, deadline); !status) {
    return status.error();
  }
  return users;
}

}  // namespace

Result<Users> read_users(const std::string& zklist, const std::string& group, Deadline deadline) {
  auto client = zk::Client::connect({zklist, kSessionTime, {}, {}}, deadline);
  if (!client) return client.error();
  return read_group(**client, group, deadline);
}

Result<Users> read_users_of_cloud(const std::string& zklist, const std::string& cloud,
                                  Deadline deadline) {
  auto client = zk::Client::connect({zklist, kSessionTime, {}, {}}, deadline);
  if (!client) return client.error();
  const auto group = (*client)->get("/arcus_acl_mapping/" + cloud, deadline);
  if (!group) return group.error().in("finding the cloud's ACL group");
  return read_group(**client, group->data, deadline);
}

}  // namespace arcus::daemon
