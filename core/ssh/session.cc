#include "core/ssh/session.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "core/base/text.h"
#include "core/ssh/config.h"
#include "core/ssh/dial.h"
#include "core/ssh/host_key.h"
#include "core/ssh/jump.h"
#include "core/ssh/libssh.h"
#include "core/ssh/login.h"

namespace arcus::ssh {
namespace {

constexpr std::size_t kMaxJumps = 8;
// Unless the configuration says otherwise: the same ciphers as libssh's, but the one that
// processors have instructions for first, as uploads are bound by it.
constexpr const char* kCiphers =
    "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,"
    "aes256-ctr,aes192-ctr,aes128-ctr";

// Everything that is to be known before the first packet: the operator's word over ssh's
// configuration over defaults.
struct Route {
  std::string address;  // what is connected to
  std::uint16_t port = 22;
  std::string key_name;  // how known_hosts lists it
  KnownHosts known_hosts;
  Credentials credentials;
  std::string agent_socket;
  std::map<std::string, std::string> algorithms;
  std::vector<std::string> jumps;
};

std::vector<std::string> expand_all(const std::vector<std::string>& texts, const Tokens& tokens) {
  std::vector<std::string> result;
  for (const std::string& text : texts) result.push_back(expand(text, tokens));
  return result;
}

KnownHosts known_hosts_of(const Target& target, const HostConfig& config, const Tokens& tokens) {
  KnownHosts files;
  if (!target.known_hosts_file.empty()) {
    files.read_files = {expand(target.known_hosts_file, tokens)};
  } else if (!config.user_known_hosts.empty()) {
    files.read_files = expand_all(config.user_known_hosts, tokens);
  } else {
    files.read_files = {home_directory() + "/.ssh/known_hosts"};
  }
  files.write_file = files.read_files.front();
  const std::vector<std::string> global = config.global_known_hosts.empty()
                                              ? std::vector<std::string>{"/etc/ssh/ssh_known_hosts"}
                                              : expand_all(config.global_known_hosts, tokens);
  files.read_files.insert(files.read_files.end(), global.begin(), global.end());
  return files;
}

std::vector<std::string> default_identity_files() {
  const std::string folder = home_directory() + "/.ssh/";
  return {folder + "id_ed25519", folder + "id_ecdsa", folder + "id_rsa"};
}

Result<Route> plan_route(const Target& target) {
  std::vector<std::string> names = {target.host};
  names.insert(names.end(), target.aliases.begin(), target.aliases.end());
  Result<HostConfig> config = read_config(names, target.user, target.config_file);
  if (!config) return config.error();
  if (!config->proxy_command.empty() && config->proxy_command != "none" &&
      config->proxy_jump.empty()) {
    return invalid("the ssh configuration has a ProxyCommand for " + target.host +
                   ", which is not supported: use ProxyJump");
  }
  Route route;
  route.port = target.port != 0 ? target.port : config->port != 0 ? config->port : 22;
  Tokens tokens{target.host, target.host, "", route.port};
  route.address = !target.address.empty()         ? target.address
                  : !config->host_name.empty()    ? expand(config->host_name, tokens)
                  : !target.usual_address.empty() ? target.usual_address
                                                  : target.host;
  tokens.host_name = route.address;
  std::string& user = route.credentials.user;
  user = !target.user.empty() ? target.user : !config->user.empty() ? config->user : local_user();
  tokens.user = user;
  route.key_name = config->host_key_alias.empty() ? known_hosts_name(route.address, route.port)
                                                  : config->host_key_alias;
  route.known_hosts = known_hosts_of(target, *config, tokens);
  route.credentials.identity = expand(target.identity, tokens);
  route.credentials.identity_files = expand_all(config->identity_files, tokens);
  if (config->identity_files.empty()) route.credentials.default_files = default_identity_files();
  route.credentials.identities_only = config->identities_only;
  if (config->identity_agent != "SSH_AUTH_SOCK") {
    route.agent_socket = expand(config->identity_agent, tokens);
  }
  route.credentials.agent = route.agent_socket != "none" &&
                            (!route.agent_socket.empty() || ::getenv("SSH_AUTH_SOCK") != nullptr);
  route.algorithms = config->algorithms;
  route.algorithms.emplace("ciphers", kCiphers);
  if (!config->proxy_jump.empty() && config->proxy_jump != "none") {
    route.jumps = split(config->proxy_jump, ',');
  }
  return route;
}

Status set_option(ssh_session session, ssh_options_e option, const std::string& value) {
  if (ssh_options_set(session, option, value.c_str()) == SSH_OK) return {};
  return invalid("ssh option '" + printable(value) + "': " + last_error(session));
}

// libssh expands % in file names once more.
std::string escape_percent(const std::string& path) {
  std::string result;
  for (const char c : path) result += c == '%' ? std::string("%%") : std::string(1, c);
  return result;
}

Status set_algorithms(ssh_session session, const std::map<std::string, std::string>& wanted) {
  static const std::map<std::string, std::vector<ssh_options_e>> kOptions = {
      {"ciphers", {SSH_OPTIONS_CIPHERS_C_S, SSH_OPTIONS_CIPHERS_S_C}},
      {"macs", {SSH_OPTIONS_HMAC_C_S, SSH_OPTIONS_HMAC_S_C}},
      {"kexalgorithms", {SSH_OPTIONS_KEY_EXCHANGE}},
      {"hostkeyalgorithms", {SSH_OPTIONS_HOSTKEYS}},
      {"pubkeyacceptedalgorithms", {SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES}},
  };
  for (const auto& [name, value] : wanted) {
    for (const ssh_options_e option : kOptions.at(name)) {
      if (Status set = set_option(session, option, value); !set) {
        return set.error().in("ssh configuration, " + name);
      }
    }
  }
  return {};
}

Status configure(ssh_session session, const Route& route) {
  ssh_set_blocking(session, 0);
  const int off = 0;
  ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &off);
  const int on = 1;
  ssh_options_set(session, SSH_OPTIONS_NODELAY, &on);
  // libssh looks in known_hosts too, only to prefer the kind of key that is recorded.
  if (Status set = set_option(session, SSH_OPTIONS_HOST, route.address); !set) return set;
  const unsigned port = route.port;
  ssh_options_set(session, SSH_OPTIONS_PORT, &port);
  if (Status set = set_option(session, SSH_OPTIONS_USER, route.credentials.user); !set) return set;
  const std::string file = escape_percent(route.known_hosts.write_file);
  if (Status set = set_option(session, SSH_OPTIONS_KNOWNHOSTS, file); !set) return set;
  if (!route.agent_socket.empty() && route.agent_socket != "none") {
    const std::string socket = escape_percent(route.agent_socket);
    if (Status set = set_option(session, SSH_OPTIONS_IDENTITY_AGENT, socket); !set) return set;
  }
  return set_algorithms(session, route.algorithms);
}

// "[ssh://][user@]host[:port]" as a Target with the rules of the host behind it.
Result<Target> jump_target(std::string text, const Target& behind) {
  text = trim(text);
  if (text.starts_with("ssh://")) text = text.substr(6);
  Target jump = behind;
  jump.aliases.clear();
  jump.address.clear();
  jump.usual_address.clear();
  jump.user.clear();
  jump.port = 0;
  if (const std::size_t at = text.rfind('@'); at != std::string::npos) {
    jump.user = text.substr(0, at);
    text = text.substr(at + 1);
  }
  if (const auto with_port = parse_host_port(text)) {
    jump.host = with_port->host;
    jump.port = with_port->port;
  } else {
    jump.host = text;
  }
  if (jump.host.empty()) return invalid("bad ProxyJump in the ssh configuration");
  return jump;
}

Status handshake(ssh_session session, UniqueFd socket, const Wait& wait) {
  const int fd = socket.get();
  ssh_options_set(session, SSH_OPTIONS_FD, &fd);
  socket.release();  // libssh closes it from here on
  const Result<int> answer = finish(session, wait, SSH_AGAIN, [&] { return ssh_connect(session); });
  if (!answer && answer.error().code == ErrorCode::kTimeout) {
    return Error{ErrorCode::kTimeout,
                 ssh_get_serverbanner(session) == nullptr
                     ? "connected, but no SSH server answered in time (is it an SSH port? is the "
                       "host overloaded?)"
                     : "the SSH handshake did not end in time",
                 true};
  }
  if (!answer) return answer.error();
  if (*answer == SSH_OK) return {};
  const bool hung_up = ssh_get_serverbanner(session) == nullptr || !ssh_is_connected(session);
  return Error{ErrorCode::kUnreachable, "SSH handshake failed: " + last_error(session), hung_up};
}

}  // namespace

void Session::Free::operator()(ssh_session_struct* session) const {
  ssh_disconnect(session);
  ssh_free(session);
}

Session::Session() = default;
Session::~Session() = default;

// One host's connection, whichever way it is reached. `jumps` counts those behind us, against
// loops.
struct Session::Connector {
  const Wait& wait;

  Result<std::unique_ptr<Session>> connect(const Target& target, std::size_t depth) const {
    if (depth > kMaxJumps) return invalid("too many jump hosts: does ProxyJump lead in a circle?");
    Result<Route> route = plan_route(target);
    if (!route) return route.error();
    return connect(target, *route, depth);
  }

  Result<std::unique_ptr<Session>> connect(const Target& target, const Route& route,
                                           std::size_t depth) const {
    std::unique_ptr<Session> session(new Session);
    session->user_ = route.credentials.user;
    session->handle_.reset(ssh_new());
    ssh_session raw = session->handle_.get();
    if (raw == nullptr) return Error{ErrorCode::kInternal, "ssh_new failed", false};
    if (Status set = configure(raw, route); !set) return set.error();

    // Not for one that is itself behind a jump host: waiting while holding a turn could wait for
    // ever.
    std::optional<JumpTurn> turn;
    if (depth > 0 && route.jumps.empty()) {
      Result<JumpTurn> taken = JumpTurn::take(wait);
      if (!taken) return taken.error();
      turn.emplace(*std::move(taken));
    }
    const std::string where = format_host_port({route.address, route.port});
    Result<UniqueFd> socket = reach(target, route, *session, depth);
    if (!socket) return socket.error();
    if (Status shaken = handshake(raw, std::move(*socket), wait); !shaken) {
      return shaken.error().in(where);
    }
    if (Status known = check_host_key(raw, route.key_name, route.known_hosts, target.host_keys,
                                      target.record_host_keys);
        !known) {
      return known.error();
    }
    if (Status in = log_in(raw, route.credentials, wait); !in) return in.error().in(where);
    return session;
  }

  Result<UniqueFd> reach(const Target& target, const Route& route, Session& session,
                         std::size_t depth) const {
    if (route.jumps.empty()) return dial(route.address, route.port, wait);
    Result<std::unique_ptr<Session>> last = through(target, route.jumps, depth + 1);
    if (!last) return last.error();
    Result<std::unique_ptr<Jump>> jump =
        Jump::open(std::move(*last), route.address, route.port, wait);
    if (!jump) return jump.error();
    session.jump_ = std::move(*jump);
    return session.jump_->take_socket();
  }

  // The session to the last host of the list, which is reached through those before it; the first
  // may have a jump host of its own.
  Result<std::unique_ptr<Session>> through(const Target& behind,
                                           const std::vector<std::string>& jumps,
                                           std::size_t depth) const {
    if (depth > kMaxJumps) return invalid("too many jump hosts: does ProxyJump lead in a circle?");
    Result<Target> target = jump_target(jumps.back(), behind);
    if (!target) return target.error();
    Result<Route> route = plan_route(*target);
    if (!route) return route.error().in("jump host " + target->host);
    if (jumps.size() > 1) route->jumps.assign(jumps.begin(), jumps.end() - 1);
    Result<std::unique_ptr<Session>> session = connect(*target, *route, depth);
    if (!session) return session.error().in("jump host " + target->host);
    return session;
  }
};

Result<std::unique_ptr<Session>> Session::connect(const Target& target, const Cancel* cancel) {
  init_library();
  const Wait wait{Deadline::in(target.connect_timeout), cancel};
  return Connector{wait}.connect(target, 0);
}

}  // namespace arcus::ssh
