#include "core/ssh/login.h"

#include <unistd.h>

#include <cstring>

#include "core/base/text.h"

namespace arcus::ssh {
namespace {

// Tells a key with a passphrase from one that is broken: libssh only asks in the first case.
int no_passphrase(const char*, char*, std::size_t, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

class Login {
 public:
  Login(ssh_session session, const Credentials& credentials, const Wait& wait)
      : session_(session), credentials_(credentials), wait_(wait) {}

  Status run() {
    if (!credentials_.identity.empty() && try_file(credentials_.identity, true)) return outcome();
    if (try_files(credentials_.identity_files)) return outcome();
    if (!credentials_.identities_only && try_agent()) return outcome();
    if (try_files(credentials_.default_files)) return outcome();
    // A key with a passphrase can only be used by the agent, whatever IdentitiesOnly says.
    if (credentials_.identities_only && encrypted_ && try_agent()) return outcome();
    // Some servers need no proof, and it makes the server say what it would take.
    if (ask([&] { return ssh_userauth_none(session_, nullptr); })) return outcome();
    return refused();
  }

 private:
  // Each attempt answers whether the matter is settled: we are in, or `failure_` says why not.
  template <typename Call>
  bool ask(Call call) {
    const Result<int> answer = finish(session_, wait_, SSH_AUTH_AGAIN, call);
    if (!answer) {
      failure_ = answer.error().in("logging in as " + credentials_.user);
      return true;
    }
    if (*answer == SSH_AUTH_PARTIAL) partial_ = true;
    if (!ssh_is_connected(session_)) {
      failure_ = hung_up();
      return true;
    }
    return *answer == SSH_AUTH_SUCCESS;
  }

  bool try_files(const std::vector<std::string>& files) {
    for (const std::string& file : files) {
      if (file != credentials_.identity && try_file(file, false)) return true;
    }
    return false;
  }

  bool try_file(const std::string& file, bool named) {
    if (::access(file.c_str(), R_OK) != 0) {
      if (named) tried_.push_back(file + " (" + std::strerror(errno) + ")");
      return false;
    }
    bool asked = false;
    ssh_key raw = nullptr;
    const int read =
        ssh_pki_import_privkey_file(file.c_str(), nullptr, no_passphrase, &asked, &raw);
    const KeyHandle key(raw);
    if (read != SSH_OK) {
      encrypted_ = encrypted_ || asked;
      tried_.push_back(file + (asked ? " (protected by a passphrase and not usable without an "
                                       "agent: ssh-add it first)"
                                     : " (not a usable private key)"));
      return false;
    }
    tried_.push_back(file);
    return ask([&] { return ssh_userauth_publickey(session_, nullptr, key.get()); });
  }

  bool try_agent() {
    if (!credentials_.agent) return false;
    tried_.push_back("the agent's keys");
    return ask([&] { return ssh_userauth_agent(session_, nullptr); });
  }

  Status outcome() const { return failure_.message.empty() ? Status() : Status(failure_); }

  Error hung_up() const {
    return {ErrorCode::kAuth,
            "the server hung up while we logged in as " + credentials_.user + " (tried " + tried() +
                "): " + last_error(session_),
            false};
  }

  std::string tried() const { return tried_.empty() ? "no key: none found" : join(tried_, ", "); }

  Error refused() const {
    std::string text = "login as " + credentials_.user + " refused; tried " + tried();
    const int methods = ssh_userauth_list(session_, nullptr);
    std::vector<std::string> names;
    if (methods & SSH_AUTH_METHOD_PUBLICKEY) names.emplace_back("publickey");
    if (methods & SSH_AUTH_METHOD_PASSWORD) names.emplace_back("password");
    if (methods & SSH_AUTH_METHOD_INTERACTIVE) names.emplace_back("keyboard-interactive");
    if (methods & SSH_AUTH_METHOD_GSSAPI_MIC) names.emplace_back("gssapi");
    if (methods & SSH_AUTH_METHOD_HOSTBASED) names.emplace_back("hostbased");
    if (partial_) text += "; a key was taken but the server wants more than that";
    if (!names.empty()) text += "; the server takes " + join(names, ", ");
    if (methods & SSH_AUTH_METHOD_PUBLICKEY) text += " (ssh-copy-id puts a key there)";
    return {ErrorCode::kAuth, text, false};
  }

  ssh_session session_;
  const Credentials& credentials_;
  const Wait& wait_;
  std::vector<std::string> tried_;
  bool encrypted_ = false;
  bool partial_ = false;
  Error failure_{ErrorCode::kAuth, "", false};
};

}  // namespace

Status log_in(ssh_session session, const Credentials& credentials, const Wait& wait) {
  return Login(session, credentials, wait).run();
}

}  // namespace arcus::ssh
