#include "core/ssh/config.h"

#include <fnmatch.h>
#include <glob.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "core/base/log.h"
#include "core/base/text.h"

namespace arcus::ssh {
namespace {

constexpr int kMaxIncludeDepth = 16;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// "Key value", "Key=value", "Key "a b"": words, the first of them the keyword in lower case.
std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false, quoted = false;
  const auto end_word = [&] {
    if (in_word) words.push_back(std::move(word));
    word.clear();
    in_word = false;
  };
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
      in_word = true;
    } else if (!quoted && (c == ' ' || c == '\t' || c == '\r' || (c == '=' && words.empty()))) {
      end_word();
    } else if (!quoted && c == '#' && !in_word) {
      break;
    } else if (!quoted && c == '=' && words.size() == 1 && !in_word) {
      continue;  // "Key = value"
    } else {
      word += c;
      in_word = true;
    }
  }
  end_word();
  if (!words.empty()) words.front() = lower(words.front());
  return words;
}

class Reader {
 public:
  Reader(std::vector<std::string> names, std::string user)
      : names_(std::move(names)), user_(std::move(user)) {}

  // `base` is where relative Includes are looked up.
  Status read(const std::string& file, const std::string& base, bool must_exist, int depth) {
    std::ifstream in(file);
    if (!in) {
      if (!must_exist) return {};
      return Error{ErrorCode::kNotFound, "cannot read the ssh configuration " + file, false};
    }
    bool active = true;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
      const std::vector<std::string> words = words_of(line);
      if (words.empty()) continue;
      if (Status status = apply(words, line, base, active, depth); !status) {
        return status.error().in(file + ":" + std::to_string(number));
      }
    }
    return {};
  }

  HostConfig take() { return std::move(config_); }

 private:
  Status apply(const std::vector<std::string>& words, const std::string& line,
               const std::string& base, bool& active, int depth) {
    const std::string& key = words.front();
    const std::vector<std::string> values(words.begin() + 1, words.end());
    if (key == "host") {
      active = matches_patterns(values, names_);
      return {};
    }
    if (key == "match") {
      active = match(values);
      return {};
    }
    if (!active) return {};
    if (values.empty()) return invalid("'" + key + "' has no value");
    if (key == "include") return include(values, base, depth);
    return set(key, values, line);
  }

  Status include(const std::vector<std::string>& patterns, const std::string& base, int depth) {
    if (depth >= kMaxIncludeDepth) return invalid("Include goes too deep (a loop?)");
    for (std::string pattern : patterns) {
      pattern = expand(pattern, {});
      if (!pattern.starts_with("/")) pattern.insert(0, base + "/");
      glob_t found{};
      if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
        for (std::size_t i = 0; i < found.gl_pathc; ++i) {
          if (Status status = read(found.gl_pathv[i], base, false, depth + 1); !status) {
            ::globfree(&found);
            return status;
          }
        }
      }
      ::globfree(&found);
    }
    return {};
  }

  bool match(const std::vector<std::string>& criteria) const {
    for (std::size_t i = 0; i < criteria.size(); ++i) {
      const std::string name = lower(criteria[i]);
      if (name == "all") continue;
      const bool negated = name.starts_with("!");
      const std::string plain = negated ? name.substr(1) : name;
      std::vector<std::string> subject;
      if (plain == "host") {
        subject = config_.host_name.empty() ? names_ : std::vector{config_.host_name};
      } else if (plain == "originalhost") {
        subject = names_;
      } else if (plain == "user") {
        subject = {!user_.empty() ? user_ : !config_.user.empty() ? config_.user : local_user()};
      } else if (plain == "localuser") {
        subject = {local_user()};
      } else {
        log::debug("ssh configuration: 'Match " + name + "' is not understood and never applies");
        return false;
      }
      if (++i >= criteria.size()) return false;
      if (matches_patterns(split(criteria[i], ','), subject) == negated) return false;
    }
    return !criteria.empty();
  }

  Status set(const std::string& key, const std::vector<std::string>& values,
             const std::string& line) {
    const std::string& value = values.front();
    if (std::string* text = text_setting(key)) {
      if (text->empty()) *text = value;
    } else if (key == "proxycommand") {
      // The rest of the line, quotes and all, is a shell's.
      const std::size_t start = line.find_first_of(" \t=", line.find_first_not_of(" \t"));
      const std::size_t command = line.find_first_not_of(" \t=", start);
      if (config_.proxy_command.empty()) config_.proxy_command = trim(line.substr(command));
    } else if (key == "port") {
      const auto number = parse_number(value);
      if (!number || *number == 0 || *number > 65535) return invalid("bad port '" + value + "'");
      if (config_.port == 0) config_.port = static_cast<std::uint16_t>(*number);
    } else if (key == "identityfile") {
      config_.identity_files.push_back(value);
    } else if (key == "identitiesonly") {
      if (!identities_only_seen_) config_.identities_only = lower(value) == "yes";
      identities_only_seen_ = true;
    } else if (key == "userknownhostsfile") {
      if (config_.user_known_hosts.empty()) config_.user_known_hosts = values;
    } else if (key == "globalknownhostsfile") {
      if (config_.global_known_hosts.empty()) config_.global_known_hosts = values;
    } else if (key == "ciphers" || key == "macs" || key == "kexalgorithms" ||
               key == "hostkeyalgorithms" || key == "pubkeyacceptedalgorithms") {
      config_.algorithms.emplace(key, value);
    } else if (key == "pubkeyacceptedkeytypes") {
      config_.algorithms.emplace("pubkeyacceptedalgorithms", value);
    }
    return {};
  }

  std::string* text_setting(const std::string& key) {
    if (key == "hostname") return &config_.host_name;
    if (key == "user") return &config_.user;
    if (key == "hostkeyalias") return &config_.host_key_alias;
    if (key == "identityagent") return &config_.identity_agent;
    if (key == "proxyjump") return &config_.proxy_jump;
    return nullptr;
  }

  std::vector<std::string> names_;
  std::string user_;
  bool identities_only_seen_ = false;
  HostConfig config_;
};

const passwd* own_entry(passwd& entry, std::vector<char>& buffer) {
  buffer.resize(16384);
  passwd* found = nullptr;
  ::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found);
  return found;
}

}  // namespace

Result<HostConfig> read_config(const std::vector<std::string>& names, const std::string& user,
                               const std::string& file) {
  Reader reader(names, user);
  const std::string own = home_directory() + "/.ssh";
  if (!file.empty()) {
    if (Status status = reader.read(file, own, true, 0); !status) return status.error();
    return reader.take();
  }
  if (Status status = reader.read(own + "/config", own, false, 0); !status) return status.error();
  if (Status status = reader.read("/etc/ssh/ssh_config", "/etc/ssh", false, 0); !status) {
    return status.error();
  }
  return reader.take();
}

bool matches_patterns(const std::vector<std::string>& patterns,
                      const std::vector<std::string>& names) {
  bool matched = false;
  for (const std::string& pattern : patterns) {
    const bool negated = pattern.starts_with("!");
    const char* text = pattern.c_str() + (negated ? 1 : 0);
    const auto fits = [text](const std::string& name) {
      return ::fnmatch(text, name.c_str(), FNM_NOESCAPE) == 0;
    };
    if (std::none_of(names.begin(), names.end(), fits)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

std::string home_directory() {
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') return home;
  passwd entry{};
  std::vector<char> buffer;
  const passwd* own = own_entry(entry, buffer);
  return own == nullptr ? "/" : own->pw_dir;
}

std::string local_user() {
  passwd entry{};
  std::vector<char> buffer;
  const passwd* own = own_entry(entry, buffer);
  return own == nullptr ? std::to_string(::getuid()) : own->pw_name;
}

std::string expand(const std::string& text, const Tokens& tokens) {
  std::string result;
  std::size_t i = 0;
  if (text == "~" || text.starts_with("~/")) {
    result = home_directory();
    i = 1;
  }
  for (; i < text.size(); ++i) {
    if (text[i] != '%' || i + 1 == text.size()) {
      result += text[i];
      continue;
    }
    switch (text[++i]) {
      case 'h':
        result += tokens.host_name;
        break;
      case 'n':
        result += tokens.original_host;
        break;
      case 'p':
        result += std::to_string(tokens.port);
        break;
      case 'r':
        result += tokens.user;
        break;
      case 'u':
        result += local_user();
        break;
      case 'd':
        result += home_directory();
        break;
      case '%':
        result += '%';
        break;
      default:
        result += std::string{'%', text[i]};
    }
  }
  return result;
}

}  // namespace arcus::ssh
