// The operator's settings: command line over environment over file (arcus.json) over defaults.
// What the process's surroundings are is handed in, so that tests have their own.
// Reads files only; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/cluster/model.h"

namespace arcus::cluster {

struct Environment {
  std::function<std::optional<std::string>(const std::string& name)> lookup;
  std::string cwd;
  std::string home;  // empty: none
  std::string etc = "/etc/arcus";
};
Environment process_environment();

// What was said louder than the file. Only what is set counts.
struct SettingsOverrides {
  std::optional<std::string> zklist;
  std::string zklist_origin = "--zklist";
  std::optional<std::string> ssh_user;
  std::optional<std::string> identity;
  std::optional<std::uint16_t> ssh_port;
  std::optional<HostKeyCheck> host_keys;
};

// --config (its argument), $ARCUS_CONFIG, ./arcus.json, ~/.config/arcus/arcus.json,
// /etc/arcus/arcus.json: the first that exists, or "" if none does. One that was asked for by name
// must exist.
Result<std::string> find_settings(const std::string& explicit_path, const Environment& environment);

// All complaints at once. Relative paths in it are relative to the file; "~/" is the home.
Result<Settings> parse_settings(std::string_view text, const std::string& path,
                                const Environment& environment);
Result<Settings> load_settings(const std::string& path, const Environment& environment);

// What is said for all hosts here wins over what the file says for one.
Settings overlay(Settings settings, const SettingsOverrides& overrides);
SettingsOverrides environment_overrides(const Environment& environment);

// find, load, and both overlays.
Result<Settings> resolve_settings(const std::string& explicit_path,
                                  const SettingsOverrides& command_line,
                                  const Environment& environment);

// Every key an arcus.json may hold ("zookeeper.tick_time", "hosts.<name>.user"), with its default
// as it would be written ("" for none): what the man page must list.
struct SettingKey {
  std::string path;
  std::string default_value;
};
std::vector<SettingKey> settings_keys();

// "accept-new", "strict", "off".
std::optional<HostKeyCheck> parse_host_keys(std::string_view text);
std::string_view format_host_keys(HostKeyCheck check);

}  // namespace arcus::cluster
