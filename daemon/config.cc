#include "daemon/config.h"

#include <getopt.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "core/base/text.h"

namespace arcus::daemon {
namespace {

// Each sets what one option says. `option` is its name for messages.
using Setter = Status (*)(Config&, const std::string& option, const std::string& value);

Status number_within(const std::string& option, const std::string& value, std::uint64_t least,
                     std::uint64_t most, std::uint64_t& number) {
  const auto parsed = parse_number(value);
  if (!parsed || *parsed < least || *parsed > most) {
    return invalid(option + " takes a number from " + std::to_string(least) + " to " +
                   std::to_string(most) + ", not '" + value + "'");
  }
  number = *parsed;
  return {};
}

template <typename Number>
Status set_number(Number& to, const std::string& option, const std::string& value,
                  std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  const Status status = number_within(option, value, least, most, number);
  if (status) to = static_cast<Number>(number);
  return status;
}

constexpr std::uint64_t kMaxMegabytes = std::uint64_t{1} << 30;  // a pebibyte

using Text = const std::string&;

Status set_port(Config& c, Text o, Text v) {
  return set_number(c.port, o, v, 0, 65535);
}
Status set_backlog(Config& c, Text o, Text v) {
  return set_number(c.backlog, o, v, 1, 1 << 20);
}
Status set_threads(Config& c, Text o, Text v) {
  return set_number(c.threads, o, v, 1, 256);
}
Status set_requests(Config& c, Text o, Text v) {
  return set_number(c.requests_per_event, o, v, 1, 1 << 30);
}
Status set_connections(Config& c, Text o, Text v) {
  return set_number(c.connections, o, v, 1, 1 << 24);
}
Status set_memory(Config& c, Text o, Text v) {
  return set_number(c.memory_mb, o, v, 1, kMaxMegabytes);
}
Status set_sticky(Config& c, Text o, Text v) {
  return set_number(c.sticky_mb, o, v, 0, kMaxMegabytes);
}

Status set_listen(Config& c, Text o, Text v) {
  for (const auto& address : split(v, ',')) {
    if (address.empty()) return invalid(o + " has an empty address in '" + v + "'");
    c.listen.push_back(address);
  }
  return {};
}

Status set_unix_socket(Config& c, Text o, Text v) {
  if (v.empty()) return invalid(o + " takes the path of a socket");
  c.unix_socket = v;
  return {};
}

Status set_unix_mode(Config& c, Text o, Text v) {
  char* end = nullptr;
  const unsigned long mode = std::strtoul(v.c_str(), &end, 8);
  if (v.empty() || *end != '\0' || mode > 0777) {
    return invalid(o + " takes octal permissions such as 700, not '" + v + "'");
  }
  c.unix_mode = static_cast<unsigned>(mode);
  return {};
}

Status set_udp_port(Config& c, Text o, Text v) {
  unsigned port = 0;
  const Status status = set_number(port, o, v, 0, 65535);
  if (status && port != 0) c.notices.push_back("UDP is not served: " + o + " " + v + " is ignored");
  return status;
}

Status set_value_limit(Config& c, Text o, Text v) {
  std::string digits = v;
  std::uint64_t unit = 1;
  if (!digits.empty()) {
    const char last = digits.back();
    if (last == 'k' || last == 'K') unit = 1 << 10;
    if (last == 'm' || last == 'M') unit = 1 << 20;
    if (unit != 1) digits.pop_back();
  }
  const auto number = parse_number(digits);
  constexpr std::uint64_t kLeast = 1 << 10;
  constexpr std::uint64_t kMost = 1 << 30;
  if (!number || *number > kMost / unit || *number * unit < kLeast) {
    return invalid(o + " takes a size from 1k to 1024m, not '" + v + "'");
  }
  c.value_limit = *number * unit;
  return {};
}

Status set_delimiter(Config& c, Text o, Text v) {
  if (v.size() != 1) return invalid(o + " takes one character, not '" + v + "'");
  c.prefix_delimiter = v[0];
  return {};
}

Status set_protocol(Config&, Text o, Text v) {
  if (v == "ascii" || v == "auto" || v == "auto-negotiate") return {};
  return invalid(o + " takes ascii or auto; the protocol '" + v + "' is not served");
}

Status set_zklist(Config& c, Text o, Text v) {
  if (v.empty()) return invalid(o + " takes the ensemble's servers: host:port,host:port");
  c.zklist = v;
  return {};
}

// Arcus: a session timeout. memcached: words that have no meaning here.
Status set_extended(Config& c, Text o, Text v) {
  if (v.empty() || v[0] < '0' || v[0] > '9') {
    c.notices.push_back("the extended option '" + v + "' has no meaning here and is ignored");
    return {};
  }
  unsigned seconds = 0;
  const Status status =
      set_number(seconds, o, v, kMinSessionTimeout.count(), kMaxSessionTimeout.count());
  if (status) c.session_timeout = std::chrono::seconds(seconds);
  return status;
}

Status set_module(Config& c, Text o, Text v) {
  const std::string name = v.substr(v.rfind('/') + 1);
  if (name == "ascii_scrub.so") {
    c.scrub_commands = true;
  } else if (name != "default_engine.so" && name != "syslog_logger.so") {
    c.notices.push_back("no modules are loaded: " + o + " " + v + " is ignored");
  }
  return {};
}

Status ignore_quietly(Config&, Text, Text) {
  return {};
}
Status ignore_with_notice(Config& c, Text o, Text v) {
  c.notices.push_back(o + (v.empty() ? "" : " " + v) + " has no effect here");
  return {};
}

Status set_flag(bool& flag, bool value) {
  flag = value;
  return {};
}
Status set_no_evictions(Config& c, Text, Text) {
  return set_flag(c.evict, false);
}
Status set_lock_memory(Config& c, Text, Text) {
  return set_flag(c.lock_memory, true);
}
Status set_no_flush(Config& c, Text, Text) {
  return set_flag(c.allow_flush, false);
}
Status set_shutdown(Config& c, Text, Text) {
  return set_flag(c.allow_shutdown, true);
}
Status set_must_log_in(Config& c, Text, Text) {
  return set_flag(c.must_log_in, true);
}
Status set_daemonize(Config& c, Text, Text) {
  return set_flag(c.daemonize, true);
}
Status set_core_dumps(Config& c, Text, Text) {
  return set_flag(c.core_dumps, true);
}

Status add_verbosity(Config& c, Text, Text) {
  ++c.verbosity;
  return {};
}

Status set_text(std::string& to, Text o, Text v) {
  if (v.empty()) return invalid(o + " must not be empty");
  to = v;
  return {};
}
Status set_user(Config& c, Text o, Text v) {
  return set_text(c.user, o, v);
}
Status set_pid_file(Config& c, Text o, Text v) {
  return set_text(c.pid_file, o, v);
}

Status show(Config& c, Config::Show what) {
  c.show = what;
  return {};
}
Status show_help(Config& c, Text, Text) {
  return show(c, Config::Show::kHelp);
}
Status show_version(Config& c, Text, Text) {
  return show(c, Config::Show::kVersion);
}
Status show_license(Config& c, Text, Text) {
  return show(c, Config::Show::kLicense);
}

struct Option {
  char letter;
  const char* name;
  const char* argument;
  Setter set;
  const char* help;
};

constexpr Option kOptions[] = {
#define OPTION(letter, name, argument, function, help) {letter, name, argument, function, help},
#include "daemon/options.def"
#undef OPTION
};

std::string short_options() {
  std::string text = ":";  // a missing argument is told apart from an unknown option
  for (const Option& option : kOptions) {
    text += option.letter;
    if (option.argument != nullptr) text += ':';
  }
  return text;
}

std::vector<::option> long_options() {
  std::vector<::option> list;
  for (const Option& option : kOptions) {
    const int argument = option.argument != nullptr ? required_argument : no_argument;
    list.push_back({option.name, argument, nullptr, option.letter});
  }
  list.push_back({nullptr, 0, nullptr, 0});
  return list;
}

const Option* find_option(int letter) {
  for (const Option& option : kOptions) {
    if (option.letter == letter) return &option;
  }
  return nullptr;
}

std::string option_name(const Option& option) {
  return std::string("-") + option.letter;
}

Status check_together(const Config& config) {
  if (config.sticky_mb > config.memory_mb) {
    return invalid("-g must not be more than -m: sticky items are part of the memory limit");
  }
  const bool value_limit_asked_for = config.value_limit > Config().value_limit;
  if (value_limit_asked_for && config.value_limit > (config.memory_mb << 20) / 2) {
    return invalid("-I must not be more than half of -m");
  }
  if (!config.zklist.empty() && !config.unix_socket.empty()) {
    return invalid("-z and -s exclude each other: a cloud's node needs a TCP port");
  }
  return {};
}

}  // namespace

Result<Config> parse_command_line(int argc, char** argv) {
  Config config;
  const std::string letters = short_options();
  const auto names = long_options();
  optind = 0;  // starts afresh, also when a test parses several lines
  opterr = 0;
  while (true) {
    const int letter = getopt_long(argc, argv, letters.c_str(), names.data(), nullptr);
    if (letter == -1) break;
    const Option* option = find_option(letter);
    if (letter == ':') {
      option = find_option(optopt);
      const std::string name = option != nullptr ? option_name(*option) : argv[optind - 1];
      return invalid("option " + name + " needs a value");
    }
    if (option == nullptr) {
      const std::string word = optopt != 0 ? std::string("-") + static_cast<char>(optopt)
                                           : std::string(argv[optind - 1]);
      return invalid("unknown option " + word + "; -h lists them all");
    }
    const std::string value = optarg != nullptr ? optarg : "";
    if (const Status status = option->set(config, option_name(*option), value); !status) {
      return status.error();
    }
  }
  if (optind < argc) return invalid("unexpected argument '" + std::string(argv[optind]) + "'");
  if (const Status status = check_together(config); !status) return status.error();
  return config;
}

Status read_environment(Config& config) {
  const auto text = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value != nullptr ? value : "");
  };
  config.public_ip = text("ARCUS_CACHE_PUBLIC_IP");
  config.hostname = text("ARCUS_CACHE_HOSTNAME_OVERWRITE");
  config.acl_zookeeper = text("ARCUS_ACL_ZOOKEEPER");
  config.acl_group = text("ARCUS_ACL_GROUP");
  config.local_users = !text("SASL_CONF_PATH").empty();
  config.session_file = text("ARCUS_SESSION_FILE");
  config.port_file = text("MEMCACHED_PORT_FILENAME");
  const std::pair<const char*, std::uint32_t*> sizes[] = {
      {"ARCUS_MAX_LIST_SIZE", &config.max_list_size},
      {"ARCUS_MAX_SET_SIZE", &config.max_set_size},
      {"ARCUS_MAX_MAP_SIZE", &config.max_map_size},
      {"ARCUS_MAX_BTREE_SIZE", &config.max_btree_size}};
  for (const auto& [name, size] : sizes) {
    const std::string value = text(name);
    if (value.empty()) continue;
    if (Status status = set_number(*size, name, value, 4'000, 1'000'000); !status) return status;
  }
  const std::string ready = text("ARCUS_READY_FD");
  if (ready.empty()) return {};
  return set_number(config.ready_fd, "ARCUS_READY_FD", ready, 3, 1 << 20);
}

std::string help_text() {
  std::string text = "Usage: arcus-memcached [options]\nA cache node of an Arcus cloud.\n\n";
  for (const Option& option : kOptions) {
    std::string left = std::string("  -") + option.letter + ", --" + option.name;
    if (option.argument != nullptr) left += std::string("=") + option.argument;
    left.resize(std::max<std::size_t>(left.size() + 1, 32), ' ');
    text += left + option.help + "\n";
  }
  return text;
}

}  // namespace arcus::daemon
