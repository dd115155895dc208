#include "core/cluster/settings.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "core/cluster/json_text.h"
#include "core/cluster/settings_keys.h"

namespace arcus::cluster {

namespace {

namespace fs = std::filesystem;

std::string absolute(const std::string& path, const Environment& environment) {
  return (fs::path(environment.cwd) / path).lexically_normal().string();
}

bool is_file(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

template <typename Field, typename Owner>
std::string default_text(const Field& field, Owner& defaults) {
  using F = FieldOf<Owner>;
  if constexpr (std::is_same_v<Field, typename F::Flag>) {
    return field.at(defaults) ? "true" : "false";
  } else if constexpr (std::is_same_v<Field, typename F::HostKeys>) {
    return std::string(format_host_keys(field.at(defaults)));
  } else if constexpr (std::is_same_v<Field, typename F::Number>) {
    return std::to_string(field.at(defaults));
  } else if constexpr (std::is_same_v<Field, typename F::Port>) {
    return field.at(defaults) == 0 ? "" : std::to_string(field.at(defaults));
  } else {
    return field.at(defaults);
  }
}

}  // namespace

Environment process_environment() {
  Environment environment;
  environment.lookup = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
  };
  std::error_code ignored;
  environment.cwd = fs::current_path(ignored).string();
  environment.home = environment.lookup("HOME").value_or("");
  return environment;
}

Result<std::string> find_settings(const std::string& explicit_path,
                                  const Environment& environment) {
  const auto asked_for = [&](const std::string& path, const char* by) -> Result<std::string> {
    const std::string full = absolute(path, environment);
    if (!is_file(full)) return errno_error(std::string(by) + ": " + full, ENOENT);
    return full;
  };
  if (!explicit_path.empty()) return asked_for(explicit_path, "--config");
  if (const auto named = environment.lookup("ARCUS_CONFIG"); named && !named->empty()) {
    return asked_for(*named, "$ARCUS_CONFIG");
  }
  std::vector<std::string> candidates = {environment.cwd + "/arcus.json"};
  if (!environment.home.empty()) {
    candidates.push_back(environment.home + "/.config/arcus/arcus.json");
  }
  candidates.push_back(environment.etc + "/arcus.json");
  for (const auto& path : candidates) {
    if (is_file(path)) return path;
  }
  return std::string();
}

Result<Settings> load_settings(const std::string& path, const Environment& environment) {
  const auto text = read_text_file(absolute(path, environment));
  if (!text) return text.error();
  return parse_settings(*text, path, environment);
}

Settings overlay(Settings settings, const SettingsOverrides& overrides) {
  if (overrides.zklist) {
    settings.zklist = *overrides.zklist;
    settings.zklist_origin = overrides.zklist_origin;
  }
  if (overrides.ssh_user) {
    settings.ssh.user = *overrides.ssh_user;
    for (auto& [name, host] : settings.hosts) host.user.clear();
  }
  if (overrides.identity) {
    settings.ssh.identity = *overrides.identity;
    for (auto& [name, host] : settings.hosts) host.identity.clear();
  }
  if (overrides.ssh_port) {
    settings.ssh.port = *overrides.ssh_port;
    for (auto& [name, host] : settings.hosts) host.port = 0;
  }
  if (overrides.host_keys) settings.ssh.host_keys = *overrides.host_keys;
  return settings;
}

SettingsOverrides environment_overrides(const Environment& environment) {
  SettingsOverrides overrides;
  if (auto zklist = environment.lookup("ARCUS_ZKLIST"); zklist && !zklist->empty()) {
    overrides.zklist = std::move(zklist);
    overrides.zklist_origin = "$ARCUS_ZKLIST";
  }
  return overrides;
}

Result<Settings> resolve_settings(const std::string& explicit_path,
                                  const SettingsOverrides& command_line,
                                  const Environment& environment) {
  const auto path = find_settings(explicit_path, environment);
  if (!path) return path.error();
  Settings settings;
  settings.zklist_origin = "the default";
  if (!path->empty()) {
    auto loaded = load_settings(*path, environment);
    if (!loaded) return loaded.error();
    settings = *std::move(loaded);
  }
  return overlay(overlay(std::move(settings), environment_overrides(environment)), command_line);
}

std::vector<SettingKey> settings_keys() {
  std::vector<SettingKey> keys;
  Settings defaults;
  for (const auto& key : settings_table()) {
    keys.push_back({key.path, std::visit([&](const auto& f) { return default_text(f, defaults); },
                                         key.field)});
  }
  for (const auto& key : host_table()) keys.push_back({"hosts.<name>." + key.path, ""});
  return keys;
}

std::optional<HostKeyCheck> parse_host_keys(std::string_view text) {
  if (text == "accept-new") return HostKeyCheck::kAcceptNew;
  if (text == "strict") return HostKeyCheck::kStrict;
  if (text == "off") return HostKeyCheck::kOff;
  return std::nullopt;
}

std::string_view format_host_keys(HostKeyCheck check) {
  switch (check) {
    case HostKeyCheck::kAcceptNew:
      return "accept-new";
    case HostKeyCheck::kStrict:
      return "strict";
    case HostKeyCheck::kOff:
      return "off";
  }
  return "accept-new";
}

}  // namespace arcus::cluster
