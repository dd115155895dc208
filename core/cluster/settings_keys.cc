#include "core/cluster/settings_keys.h"

#include <algorithm>

#include "core/cluster/load.h"
#include "core/cluster/zklist.h"

namespace arcus::cluster {

namespace {

bool only(const std::string& text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string::npos;
}

bool has_control(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

const char* check_dir(const std::string& text) {
  const bool good = (text.starts_with("/") && text.find_first_not_of('/') != std::string::npos) ||
                    (text.starts_with("~/") && text.size() > 2);
  return good && !has_control(text) ? nullptr : "an absolute path, or one below ~/, on the hosts";
}

const char* check_run_user(const std::string& text) {
  const bool good = only(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") && text.size() <= 32 &&
                    (text.front() == '_' || (text.front() >= 'a' && text.front() <= 'z'));
  return good ? nullptr : "a user name of lower-case letters, digits, '_' and '-'";
}

const char* check_java(const std::string& text) {
  const bool bare = text.find('/') == std::string::npos && text.find(' ') == std::string::npos;
  return !text.empty() && !has_control(text) && (bare || text.starts_with("/"))
             ? nullptr
             : "a command's name or an absolute path on the hosts";
}

const char* check_login(const std::string& text) {
  return !text.empty() && !text.starts_with("-") && !has_control(text) &&
                 text.find(' ') == std::string::npos
             ? nullptr
             : "a user name";
}

const char* check_words(const std::string& text) {
  return only(text, "abcdefghijklmnopqrstuvwxyz0123456789, *") ? nullptr
                                                               : "\"*\" or words such as srvr,stat";
}

const char* check_address(const std::string& text) {
  const bool v6 = only(text, "0123456789abcdefABCDEF:.") && text.find(':') != std::string::npos;
  return v6 || !hostname_complaint(text) ? nullptr : "a host name or an address";
}

// Complained about in detail by the loader, through parse_zklist.
const char* check_nothing(const std::string&) {
  return nullptr;
}

}  // namespace

const std::vector<Key<Settings>>& settings_table() {
  using F = FieldOf<Settings>;
  using S = Settings&;
  static const std::vector<Key<Settings>> kTable = {
      {"zklist", F::Text{[](S s) -> std::string& { return s.zklist; }, check_nothing}},
      {"dir", F::Text{[](S s) -> std::string& { return s.dir; }, check_dir}},
      {"run_user", F::Text{[](S s) -> std::string& { return s.run_user; }, check_run_user}},
      {"java", F::Text{[](S s) -> std::string& { return s.java; }, check_java}},
      {"bundle", F::LocalPath{[](S s) -> std::string& { return s.bundle; }}},
      {"ssh.user", F::Text{[](S s) -> std::string& { return s.ssh.user; }, check_login}},
      {"ssh.identity", F::LocalPath{[](S s) -> std::string& { return s.ssh.identity; }}},
      {"ssh.port", F::Port{[](S s) -> std::uint16_t& { return s.ssh.port; }}},
      {"ssh.host_keys", F::HostKeys{[](S s) -> HostKeyCheck& { return s.ssh.host_keys; }}},
      {"ssh.config_file", F::LocalPath{[](S s) -> std::string& { return s.ssh.config_file; }}},
      {"ssh.known_hosts_file",
       F::LocalPath{[](S s) -> std::string& { return s.ssh.known_hosts_file; }}},
      {"zookeeper.managed", F::Flag{[](S s) -> bool& { return s.zookeeper.managed; }}},
      {"zookeeper.tick_time",
       F::Number{[](S s) -> unsigned& { return s.zookeeper.tick_time; }, 100, 60'000}},
      {"zookeeper.init_limit",
       F::Number{[](S s) -> unsigned& { return s.zookeeper.init_limit; }, 1, 1000}},
      {"zookeeper.sync_limit",
       F::Number{[](S s) -> unsigned& { return s.zookeeper.sync_limit; }, 1, 1000}},
      {"zookeeper.max_client_cnxns",
       F::Number{[](S s) -> unsigned& { return s.zookeeper.max_client_cnxns; }, 100, 1'000'000}},
      {"zookeeper.min_session_timeout",
       F::Number{[](S s) -> unsigned& { return s.zookeeper.min_session_timeout; }, 100,
                 86'400'000}},
      {"zookeeper.max_session_timeout",
       F::Number{[](S s) -> unsigned& { return s.zookeeper.max_session_timeout; }, 100,
                 86'400'000}},
      {"zookeeper.quorum_port",
       F::Port{[](S s) -> std::uint16_t& { return s.zookeeper.quorum_port; }}},
      {"zookeeper.election_port",
       F::Port{[](S s) -> std::uint16_t& { return s.zookeeper.election_port; }}},
      {"zookeeper.heap_mb",
       F::Number{[](S s) -> unsigned& { return s.zookeeper.heap_mb; }, 64, 1 << 20}},
      {"zookeeper.four_letter_words",
       F::Text{[](S s) -> std::string& { return s.zookeeper.four_letter_words; }, check_words}},
  };
  return kTable;
}

const std::vector<Key<HostSettings>>& host_table() {
  using F = FieldOf<HostSettings>;
  using H = HostSettings&;
  static const std::vector<Key<HostSettings>> kTable = {
      {"address", F::Text{[](H h) -> std::string& { return h.address; }, check_address}},
      {"user", F::Text{[](H h) -> std::string& { return h.user; }, check_login}},
      {"port", F::Port{[](H h) -> std::uint16_t& { return h.port; }}},
      {"identity", F::LocalPath{[](H h) -> std::string& { return h.identity; }}},
  };
  return kTable;
}

}  // namespace arcus::cluster
