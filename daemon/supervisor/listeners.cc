#include "daemon/supervisor/listeners.h"

#include <arpa/inet.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "daemon/supervisor/process.h"

namespace arcus::daemon {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kListening = "0A";

std::optional<std::uint32_t> parse_hex(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The kernel prints each 32-bit word of the address as a number of this machine's byte order.
std::optional<std::string> parse_address(std::string_view hex) {
  std::array<std::uint32_t, 4> words{};
  const std::size_t count = hex.size() / 8;
  if ((count != 1 && count != 4) || hex.size() % 8 != 0) return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) {
    const auto word = parse_hex(hex.substr(i * 8, 8));
    if (!word) return std::nullopt;
    words[i] = *word;
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  in6_addr v6{};
  std::memcpy(&v6, words.data(), sizeof v6);
  if (count == 1) {
    ::inet_ntop(AF_INET, words.data(), text.data(), text.size());
  } else if (IN6_IS_ADDR_V4MAPPED(&v6)) {
    ::inet_ntop(AF_INET, &words[3], text.data(), text.size());
  } else {
    ::inet_ntop(AF_INET6, &v6, text.data(), text.size());
  }
  return std::string(text.data());
}

std::optional<ListeningSocket> parse_socket(const std::string& line) {
  std::vector<std::string> fields = split(line, ' ');
  std::erase(fields, "");
  if (fields.size() < 10 || fields[3] != kListening) return std::nullopt;
  const auto local = split(fields[1], ':');
  if (local.size() != 2) return std::nullopt;
  const auto address = parse_address(local[0]);
  const auto port = parse_hex(local[1]);
  const auto uid = parse_number(fields[7]);
  const auto inode = parse_number(fields[9]);
  if (!address || !port || *port > 65535 || !uid || !inode) return std::nullopt;
  return ListeningSocket{*address, static_cast<std::uint16_t>(*port), *inode,
                         static_cast<uid_t>(*uid)};
}

using Sockets = std::map<std::uint64_t, ListeningSocket>;  // by inode

Sockets sockets_on(std::uint16_t port) {
  constexpr std::size_t kLimit = 256 << 20;  // hosts with very many connections
  Sockets found;
  for (const char* file : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    const auto text = read_small_file(file, kLimit);
    if (!text) continue;  // no IPv6
    for (auto& socket : parse_net_tcp(*text)) {
      if (socket.port == port) found.emplace(socket.inode, socket);
    }
  }
  return found;
}

// The inodes among `sockets` that the process holds.
std::vector<std::uint64_t> held_by(const fs::path& proc, const Sockets& sockets) {
  std::vector<std::uint64_t> held;
  std::error_code error;
  for (fs::directory_iterator at(proc / "fd", error), end; !error && at != end;
       at.increment(error)) {
    std::error_code gone;
    const std::string target = fs::read_symlink(at->path(), gone).string();
    if (gone || !target.starts_with("socket:[")) continue;
    const auto inode = parse_number(std::string_view(target).substr(8, target.size() - 9));
    if (inode && sockets.contains(*inode)) held.push_back(*inode);
  }
  return held;
}

// Engines carry the path of their session file; the status beside it must name this very process.
bool recorded(const ProcessId& id) {
  const fs::path session = process_variable(id.pid, "ARCUS_SESSION_FILE");
  if (session.empty()) return false;
  const auto text = read_small_file((session.parent_path() / "status.json").string());
  const auto status = text ? decode_status(*text) : Result<NodeStatus>(text.error());
  return status && status->engine == id && status->boot_id == boot_id();
}

std::vector<std::string> addresses(const Sockets& sockets, const std::vector<std::uint64_t>& held) {
  std::vector<std::string> texts;
  for (const auto inode : held) texts.push_back(sockets.at(inode).address);
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

Listener describe(const ProcessId& id, std::uint16_t port) {
  Listener listener;
  listener.port = port;
  listener.process = id;
  if (const auto owner = process_owner(id.pid)) listener.user = user_name(*owner);
  listener.argv = process_argv(id.pid);
  listener.exe = process_exe(id.pid);
  listener.supervised = recorded(id);
  listener.port_argument = names_port(listener.argv, port);
  return listener;
}

bool wildcard(std::string_view address) {
  return address == "0.0.0.0" || address == "::" || address == "*";
}

// The addresses that an engine's arguments bind it to; empty: all.
std::vector<std::string> bound_to(const std::vector<std::string>& argv) {
  std::string value;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    if (argv[i] == "-l" && i + 1 < argv.size())
      value = argv[i + 1];
    else if (argv[i].starts_with("-l"))
      value = argv[i].substr(2);
    else if (argv[i].starts_with("--listen="))
      value = argv[i].substr(9);
  }
  if (value.empty()) return {};
  auto parts = split(value, ',');
  for (const auto& part : parts) {
    in6_addr parsed{};
    const bool number = ::inet_pton(AF_INET, part.c_str(), &parsed) == 1 ||
                        ::inet_pton(AF_INET6, part.c_str(), &parsed) == 1;
    if (!number || wildcard(part)) return {};  // a name may mean any address
  }
  return parts;
}

}  // namespace

std::vector<ListeningSocket> parse_net_tcp(std::string_view text) {
  std::vector<ListeningSocket> sockets;
  for (const auto& line : lines(text)) {
    if (auto socket = parse_socket(line)) sockets.push_back(*std::move(socket));
  }
  return sockets;
}

std::vector<Listener> find_listeners(std::uint16_t port) {
  std::vector<Listener> found;
  const Sockets sockets = sockets_on(port);
  if (sockets.empty()) return found;
  Sockets unseen = sockets;
  std::error_code error;
  for (fs::directory_iterator at("/proc", error), end; !error && at != end; at.increment(error)) {
    const auto pid = parse_number(at->path().filename().string());
    if (!pid) continue;
    const auto id = find_process(static_cast<pid_t>(*pid));
    const auto held = held_by(at->path(), sockets);
    if (!id || held.empty()) continue;
    found.push_back(describe(*id, port));
    found.back().addresses = addresses(sockets, held);
    for (const auto inode : held) unseen.erase(inode);
  }
  for (const auto& [inode, socket] : unseen) {
    Listener listener;
    listener.port = port;
    listener.addresses = {socket.address};
    listener.user = user_name(socket.uid);
    found.push_back(std::move(listener));
  }
  return found;
}

std::string encode_listener(const Listener& listener) {
  const nlohmann::ordered_json json = {{"port", listener.port},
                                       {"addresses", listener.addresses},
                                       {"pid", listener.process.pid},
                                       {"start_time", listener.process.start_time},
                                       {"user", listener.user},
                                       {"argv", listener.argv},
                                       {"exe", listener.exe},
                                       {"supervised", listener.supervised},
                                       {"port_argument", listener.port_argument}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

bool names_port(const std::vector<std::string>& argv, std::uint16_t port) {
  const std::string wanted = std::to_string(port);
  bool named = false;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    if (argv[i] == "-p" && i + 1 < argv.size())
      named = argv[++i] == wanted;
    else if (argv[i].starts_with("-p"))
      named = argv[i].substr(2) == wanted;
  }
  return named;
}

bool in_the_way(const Listener& listener, const std::vector<std::string>& engine_argv) {
  const auto wanted = bound_to(engine_argv);
  if (wanted.empty()) return true;
  return std::any_of(listener.addresses.begin(), listener.addresses.end(),
                     [&](const auto& address) {
                       return wildcard(address) ||
                              std::find(wanted.begin(), wanted.end(), address) != wanted.end();
                     });
}

}  // namespace arcus::daemon
