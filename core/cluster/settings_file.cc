// parse_settings: the text of an arcus.json as Settings, with all that is wrong with it.
#include <algorithm>
#include <filesystem>
#include <type_traits>

#include "core/base/text.h"
#include "core/cluster/json_text.h"
#include "core/cluster/settings.h"
#include "core/cluster/settings_keys.h"
#include "core/cluster/zklist.h"

namespace arcus::cluster {

namespace {

namespace fs = std::filesystem;

// Reads one settings file into a Settings, complaining about all that it can't take.
class Reader {
 public:
  Reader(Complaints& complaints, const std::string& folder, const std::string& home)
      : complaints_(complaints), folder_(folder), home_(home) {}

  Settings read(const Json& document) {
    Settings settings;
    for (const auto& [key, value] : document.items()) {
      if (key == "hosts") {
        read_hosts(value, settings);
      } else if (is_group(key)) {
        read_group(key, value, settings);
      } else {
        read_key("", key, value, settings_table(), settings);
      }
    }
    check_whole(settings);
    return settings;
  }

 private:
  static bool is_group(const std::string& key) {
    return std::any_of(settings_table().begin(), settings_table().end(),
                       [&key](const auto& known) { return known.path.starts_with(key + "."); });
  }

  void read_group(const std::string& group, const Json& value, Settings& settings) {
    if (!value.is_object()) {
      complaints_.expected(group, "an object", value);
      return;
    }
    for (const auto& [key, member] : value.items()) {
      read_key(group, key, member, settings_table(), settings);
    }
  }

  void read_hosts(const Json& value, Settings& settings) {
    if (!value.is_object()) {
      complaints_.expected("hosts", "an object with one member a host", value);
      return;
    }
    for (const auto& [name, members] : value.items()) {
      const std::string path = child_path("hosts", name);
      if (!members.is_object()) {
        complaints_.expected(path, "an object", members);
        continue;
      }
      HostSettings& host = settings.hosts[name];
      for (const auto& [key, member] : members.items()) {
        read_key("", key, member, host_table(), host, path);
      }
    }
  }

  // `group` is where the key is in the table, `shown_in` where it is in the file when that is
  // somewhere else.
  template <typename Owner>
  void read_key(const std::string& group, const std::string& key, const Json& value,
                const std::vector<Key<Owner>>& table, Owner& owner,
                const std::string& shown_in = {}) {
    const std::string in_table = child_path(group, key);
    const std::string shown = shown_in.empty() ? in_table : child_path(shown_in, key);
    for (const auto& known : table) {
      if (known.path != in_table) continue;
      std::visit([&](const auto& field) { take(shown, field, value, owner); }, known.field);
      return;
    }
    complaints_.add(shown, "unknown key" + suggestion(group, key, table));
  }

  template <typename Owner>
  static std::string suggestion(const std::string& group, const std::string& key,
                                const std::vector<Key<Owner>>& table) {
    std::vector<std::string> candidates;
    const std::string prefix = group.empty() ? "" : group + ".";
    for (const auto& known : table) {
      if (!known.path.starts_with(prefix)) continue;
      std::string rest = known.path.substr(prefix.size());
      rest.resize(std::min(rest.size(), rest.find('.')));
      if (std::find(candidates.begin(), candidates.end(), rest) == candidates.end()) {
        candidates.push_back(std::move(rest));
      }
    }
    if constexpr (std::is_same_v<Owner, Settings>) {
      if (group.empty()) candidates.emplace_back("hosts");
    }
    const auto near = near_words(key, candidates);
    return near.empty() ? "; expected one of " + join(candidates, ", ")
                        : "; did you mean " + near.front() + "?";
  }

  template <typename Field, typename Owner>
  void take(const std::string& path, const Field& field, const Json& value, Owner& owner) {
    using F = FieldOf<Owner>;
    if constexpr (std::is_same_v<Field, typename F::Flag>) {
      if (!value.is_boolean()) return complaints_.expected(path, "true or false", value);
      field.at(owner) = value.template get<bool>();
    } else if constexpr (std::is_same_v<Field, typename F::Number>) {
      take_number(path, value, field.low, field.high, field.at(owner));
    } else if constexpr (std::is_same_v<Field, typename F::Port>) {
      take_number(path, value, 1, 65535, field.at(owner));
    } else {
      if (!value.is_string()) return complaints_.expected(path, "a string", value);
      const auto text = value.template get<std::string>();
      if constexpr (std::is_same_v<Field, typename F::HostKeys>) {
        const auto check = parse_host_keys(text);
        if (!check) return complaints_.expected(path, "accept-new, strict or off", value);
        field.at(owner) = *check;
      } else if constexpr (std::is_same_v<Field, typename F::LocalPath>) {
        if (text.empty()) return complaints_.expected(path, "a path", value);
        field.at(owner) = local_path(text);
      } else {
        const char* expected = field.check(text);
        if (expected != nullptr) return complaints_.expected(path, expected, value);
        field.at(owner) = text;
      }
    }
  }

  template <typename Number>
  void take_number(const std::string& path, const Json& value, unsigned low, unsigned high,
                   Number& into) {
    const auto number = as_number(value);
    if (!number || *number < low || *number > high) {
      complaints_.expected(
          path, "a whole number from " + std::to_string(low) + " to " + std::to_string(high),
          value);
      return;
    }
    into = static_cast<Number>(*number);
  }

  std::string local_path(const std::string& text) const {
    if (text.starts_with("~/") && !home_.empty()) return home_ + text.substr(1);
    return (fs::path(folder_) / text).lexically_normal().string();
  }

  // What only shows when keys are seen together.
  void check_whole(const Settings& settings) {
    if (auto servers = parse_zklist(settings.zklist); !servers) {
      complaints_.add("zklist", servers.error().message);
    }
    const ZookeeperSettings& zk = settings.zookeeper;
    if (zk.min_session_timeout > zk.max_session_timeout) {
      complaints_.add("zookeeper.min_session_timeout",
                      std::to_string(zk.min_session_timeout) + " is above max_session_timeout (" +
                          std::to_string(zk.max_session_timeout) + ")");
    }
    if (zk.quorum_port == zk.election_port) {
      complaints_.add("zookeeper.election_port", "expected another port than quorum_port (" +
                                                     std::to_string(zk.quorum_port) + ")");
    }
  }

  Complaints& complaints_;
  const std::string& folder_;
  const std::string& home_;
};

}  // namespace

Result<Settings> parse_settings(std::string_view text, const std::string& path,
                                const Environment& environment) {
  Complaints complaints;
  const auto document = parse_json(text, complaints);
  if (!document) return document.error().in(path);
  if (!document->is_object()) {
    complaints.expected("", "a JSON object", *document);
    return complaints.error(path);
  }
  const std::string folder =
      (fs::path(environment.cwd) / path).lexically_normal().parent_path().string();
  Settings settings = Reader(complaints, folder, environment.home).read(*document);
  if (!complaints.empty()) return complaints.error(path);
  settings.origin = path;
  settings.zklist_origin = document->contains("zklist") ? path : "the default";
  return settings;
}

}  // namespace arcus::cluster
