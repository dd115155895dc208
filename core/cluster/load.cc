#include "core/cluster/load.h"

#include <arpa/inet.h>

#include <algorithm>
#include <limits>
#include <map>

#include "core/arcus/names.h"
#include "core/base/text.h"
#include "core/cluster/json_text.h"

namespace arcus::cluster {

namespace {

constexpr unsigned kMaxThreads = 128;
constexpr unsigned kMinConnections = 3;
constexpr unsigned kMaxConnections = 1'000'000;
constexpr unsigned kMaxMemlimitMb = 16 << 20;  // 16 TiB

constexpr const char* kServiceCodeKey = "serviceCode";
constexpr const char* kServersKey = "servers";
constexpr const char* kConfigKey = "config";
constexpr const char* kEngineKey = "engine";

constexpr std::pair<std::string_view, EngineKind> kEngines[] = {
    {"bundled", EngineKind::kBundled},
    {"foreign", EngineKind::kForeign},
    {"memcached", EngineKind::kMemcached}};

struct Range {
  std::uint64_t low;
  std::uint64_t high;
  std::string what() const {
    return "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
  }
};

constexpr Range kPortRange{1, 65535};
constexpr Range kThreadsRange{1, kMaxThreads};
constexpr Range kMemlimitRange{1, kMaxMemlimitMb};
constexpr Range kConnectionsRange{kMinConnections, kMaxConnections};

const Json* find(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at == object.end() ? nullptr : &*at;
}

// An ipv4 literal that a cache node can have.
bool is_node_address(const std::string& text) {
  in_addr address{};
  if (inet_pton(AF_INET, text.c_str(), &address) != 1) return false;
  const std::uint32_t bits = ntohl(address.s_addr);
  return bits >> 24 != 0 && bits < 0xe0000000;  // not 0.x.x.x, multicast, reserved or broadcast
}

bool in(std::uint64_t number, const Range& range) {
  return number >= range.low && number <= range.high;
}

// What `config` says within the limits; the defaults elsewhere.
NodeConfig node_config(const Json& config) {
  NodeConfig read;
  const auto take = [&config](const char* key, const Range& range, unsigned& into) {
    const Json* value = find(config, key);
    const auto number = value != nullptr ? as_number(*value) : std::nullopt;
    if (number && in(*number, range)) into = static_cast<unsigned>(*number);
  };
  take("threads", kThreadsRange, read.threads);
  take("memlimit", kMemlimitRange, read.memlimit_mb);
  take("connections", kConnectionsRange, read.connections);
  return read;
}

// Reads the nodes of one document, leaving out those it complains about.
class Reader {
 public:
  explicit Reader(Complaints& complaints) : complaints_(complaints) {}

  std::vector<Node> nodes(const Json& document) {
    const Json* config = find(document, kConfigKey);
    if (config != nullptr && !config->is_object()) {
      complaints_.expected(kConfigKey, "an object", *config);
      config = nullptr;
    }
    if (config != nullptr) check_config(kConfigKey, *config);

    const Json* servers = find(document, kServersKey);
    if (servers == nullptr) {
      complaints_.missing(kServersKey, "an array of servers");
      return {};
    }
    if (!servers->is_array()) {
      complaints_.expected(kServersKey, "an array of servers", *servers);
      return {};
    }
    if (servers->empty()) complaints_.add(kServersKey, "empty; expected at least one server");
    std::vector<Node> nodes;
    for (std::size_t i = 0; i < servers->size(); ++i) {
      const std::size_t before = complaints_.lines().size();
      Node node = server(child_path(kServersKey, i), (*servers)[i],
                         config != nullptr ? *config : Json::object());
      if (complaints_.lines().size() == before) nodes.push_back(std::move(node));
    }
    return nodes;
  }

 private:
  Node server(const std::string& path, const Json& entry, const Json& cloud_config) {
    Node node;
    if (!entry.is_object()) {
      complaints_.expected(path, "an object with hostname, ip and config", entry);
      return node;
    }
    node.hostname = hostname(path, entry);
    node.ip = ip(path, entry);

    const std::string config_path = child_path(path, kConfigKey);
    const Json* own = find(entry, kConfigKey);
    if (own != nullptr && !own->is_object()) {
      complaints_.expected(config_path, "an object", *own);
      return node;
    }
    Json merged = cloud_config;
    if (own != nullptr) {
      check_config(config_path, *own);
      for (const auto& [key, value] : own->items()) merged[key] = value;
    }
    node.mapping_config = merged.dump();
    node.config = node_config(merged);
    if (const Json* port = find(merged, "port"); port == nullptr) {
      complaints_.missing(child_path(config_path, "port"), kPortRange.what());
    } else if (const auto number = as_number(*port); number && in(*number, kPortRange)) {
      node.port = static_cast<std::uint16_t>(*number);
      check_unique(path, node);
    }
    check_one_address(path, node);
    return node;
  }

  std::string hostname(const std::string& path, const Json& entry) {
    return text(path, entry, "hostname", "a host name", hostname_complaint);
  }

  std::string ip(const std::string& path, const Json& entry) {
    return text(path, entry, "ip", "an IPv4 address",
                [](std::string_view value) -> std::optional<std::string> {
                  if (is_node_address(std::string(value))) return std::nullopt;
                  return "expected an IPv4 address such as 10.0.0.1 (the name of a node's znode "
                         "has no room for a host name or IPv6)";
                });
  }

  template <typename Check>
  std::string text(const std::string& parent, const Json& entry, const char* key,
                   const char* expected, Check check) {
    const std::string path = child_path(parent, key);
    const Json* value = find(entry, key);
    if (value == nullptr) {
      complaints_.missing(path, expected);
      return {};
    }
    if (!value->is_string()) {
      complaints_.expected(path, expected, *value);
      return {};
    }
    auto found = value->get<std::string>();
    if (const auto complaint = check(found)) {
      complaints_.add(path, *complaint + ", found " + printable(value->dump()));
      return {};
    }
    return found;
  }

  void check_config(const std::string& path, const Json& config) {
    check_number(path, config, "port", kPortRange);
    check_number(path, config, "threads", kThreadsRange);
    check_number(path, config, "memlimit", kMemlimitRange);
    check_number(path, config, "connections", kConnectionsRange);
  }

  void check_number(const std::string& parent, const Json& config, const char* key,
                    const Range& range) {
    const Json* value = find(config, key);
    if (value == nullptr) return;
    const auto number = as_number(*value);
    if (number && in(*number, range)) return;
    complaints_.expected(child_path(parent, key), range.what(), *value);
  }

  void check_unique(const std::string& path, const Node& node) {
    if (node.ip.empty()) return;
    const auto [first, is_new] = seen_addresses_.emplace(node.address(), path);
    if (!is_new) complaints_.add(path, node.address() + " is taken by " + first->second);
  }

  void check_one_address(const std::string& path, const Node& node) {
    if (node.ip.empty() || node.hostname.empty()) return;
    const auto [by_name, new_name] = ip_of_.emplace(node.hostname, Seen{node.ip, path});
    if (!new_name && by_name->second.value != node.ip) {
      complaints_.add(child_path(path, "ip"), "host " + node.hostname + " has " + node.ip +
                                                  " here and " + by_name->second.value + " in " +
                                                  by_name->second.path);
      return;
    }
    const auto [by_ip, new_ip] = name_of_.emplace(node.ip, Seen{node.hostname, path});
    if (!new_ip && by_ip->second.value != node.hostname) {
      complaints_.add(child_path(path, "hostname"), node.ip + " is " + node.hostname +
                                                        " here and " + by_ip->second.value +
                                                        " in " + by_ip->second.path);
    }
  }

  struct Seen {
    std::string value;
    std::string path;
  };

  Complaints& complaints_;
  std::map<std::string, std::string> seen_addresses_;  // ip:port -> path
  std::map<std::string, Seen> ip_of_;                  // by host name
  std::map<std::string, Seen> name_of_;                // by ip
};

std::string read_service_code(const Json& document, Complaints& complaints) {
  const Json* code = find(document, kServiceCodeKey);
  if (code == nullptr) {
    complaints.missing(kServiceCodeKey, "the cloud's service code");
    return {};
  }
  if (!code->is_string()) {
    complaints.expected(kServiceCodeKey, "a string", *code);
    return {};
  }
  auto text = code->get<std::string>();
  if (const auto complaint = service_code_complaint(text)) {
    complaints.add(kServiceCodeKey, *complaint);
  }
  return text;
}

EngineKind read_engine(const Json& document, Complaints& complaints) {
  const Json* value = find(document, kEngineKey);
  if (value == nullptr) return EngineKind::kBundled;
  for (const auto& [name, kind] : kEngines) {
    if (*value == name) return kind;
  }
  complaints.expected(kEngineKey, "\"bundled\", \"foreign\" or \"memcached\"", *value);
  return EngineKind::kBundled;
}

std::string text_or_nothing(const Json& document, const char* key) {
  const Json* value = find(document, key);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

// Takes the times out of `document` into `cloud`, and the rest as its text.
void keep_document(Json document, Cloud& cloud) {
  cloud.created = text_or_nothing(document, "created");
  cloud.modified = text_or_nothing(document, "modified");
  document.erase("created");
  document.erase("modified");
  cloud.document = document.dump();
}

}  // namespace

Result<Cloud> parse_cloud(std::string_view text, const std::string& origin) {
  Complaints complaints;
  auto document = parse_json(text, complaints);
  if (!document) return document.error().in(origin);
  if (!document->is_object()) {
    complaints.expected("", "a JSON object", *document);
    return complaints.error(origin);
  }
  Cloud cloud;
  cloud.origin = origin;
  cloud.service_code = read_service_code(*document, complaints);
  cloud.nodes = Reader(complaints).nodes(*document);
  cloud.engine = read_engine(*document, complaints);
  if (!complaints.empty()) return complaints.error(origin);
  keep_document(std::move(*document), cloud);
  cloud.created.clear();
  cloud.modified.clear();
  return cloud;
}

Result<Cloud> load_cloud(const std::string& path) {
  auto text = read_text_file(path);
  if (!text) return text.error();
  return parse_cloud(*text, path);
}

std::string document_for_znode(const Cloud& cloud, std::string_view created,
                               std::string_view modified) {
  Json document = Json::parse(cloud.document, nullptr, /*allow_exceptions=*/false);
  document["created"] = created;
  if (!modified.empty()) document["modified"] = modified;
  return document.dump();
}

Cloud parse_cloud_znode(std::string_view data, const std::string& service_code) {
  Cloud cloud;
  cloud.service_code = service_code;
  cloud.origin = znode::cache_list(service_code);
  Complaints complaints;
  auto document = parse_json(data, complaints);
  if (!document || !document->is_object()) {
    cloud.document = "{}";
    cloud.warnings = {cloud.origin + ": its data is no cloud: " +
                      (document ? "expected a JSON object" : document.error().message)};
    return cloud;
  }
  cloud.nodes = Reader(complaints).nodes(*document);
  cloud.engine = read_engine(*document, complaints);
  keep_document(std::move(*document), cloud);
  for (const auto& line : complaints.lines()) {
    cloud.warnings.push_back(cloud.origin + ": " + line);
  }
  return cloud;
}

NodeConfig parse_mapping(std::string_view data) {
  Complaints ignored;
  const auto config = parse_json(data, ignored);
  if (!config || !config->is_object()) return {};
  return node_config(*config);
}

bool same_json(std::string_view a, std::string_view b) {
  // The unordered kind: two objects are the same whatever the order of their keys.
  const auto left = nlohmann::json::parse(a.begin(), a.end(), nullptr, false);
  const auto right = nlohmann::json::parse(b.begin(), b.end(), nullptr, false);
  return !left.is_discarded() && !right.is_discarded() && left == right;
}

std::string_view engine_name(EngineKind kind) {
  for (const auto& [name, each] : kEngines) {
    if (each == kind) return name;
  }
  return "";
}

std::optional<std::string> service_code_complaint(std::string_view code) {
  if (code.empty()) return "empty; expected 1 to 128 bytes";
  if (code.size() > kMaxServiceCode) {
    return std::to_string(code.size()) + " bytes long; expected at most " +
           std::to_string(kMaxServiceCode);
  }
  if (code == "." || code == "..") return "\"" + std::string(code) + "\" can't name a znode";
  for (std::size_t i = 0; i < code.size(); ++i) {
    const auto byte = static_cast<unsigned char>(code[i]);
    if (byte == '/' || byte == '^' || byte == ' ') {
      return "expected a name without " +
             std::string(byte == ' ' ? "blanks" : "'" + std::string(1, code[i]) + "'") +
             ", found \"" + printable(code) + "\"";
    }
    const bool c1 = byte == 0xc2 && i + 1 < code.size() &&
                    static_cast<unsigned char>(code[i + 1]) < 0xa0;  // U+0080 to U+009F
    if (byte < 0x20 || byte == 0x7f || c1) return "expected a name without control characters";
  }
  return std::nullopt;
}

std::optional<std::string> hostname_complaint(std::string_view name) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  if (name.empty() || name.size() > kMaxHostname) {
    return "expected a host name of 1 to " + std::to_string(kMaxHostname) + " bytes";
  }
  if (name.front() == '-' || name.find_first_not_of(kAllowed) != std::string_view::npos) {
    return "expected a host name of letters, digits, '.', '_' and '-'";
  }
  return std::nullopt;
}

}  // namespace arcus::cluster
