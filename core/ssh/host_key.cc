#include "core/ssh/host_key.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"
#include "core/ssh/quote.h"

namespace arcus::ssh {
namespace {

struct Entry {
  std::string file;
  int line = 0;
  std::string fingerprint;
};

// What the files say about one host and the key it showed.
struct Lookup {
  bool matches = false;
  bool revoked = false;
  std::vector<Entry> others;  // keys of this host that differ
};

std::string fingerprint(ssh_key key) {
  unsigned char* hash = nullptr;
  std::size_t size = 0;
  if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &size) != 0) return "unknown";
  char* text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size);
  std::string result = text == nullptr ? "unknown" : text;
  ssh_string_free_char(text);
  ssh_clean_pubkey_hash(&hash);
  return result;
}

void look_up_line(const std::string& name, ssh_key key, std::string_view line, const Entry& where,
                  Lookup& lookup) {
  constexpr std::string_view kRevoked = "@revoked";
  line = trim(line);
  const bool revoked = line.starts_with(kRevoked);
  if (revoked) line = trim(line.substr(kRevoked.size()));
  if (line.empty() || line.front() == '#' || line.front() == '@') return;  // @cert-authority
  ssh_knownhosts_entry* raw = nullptr;
  if (ssh_known_hosts_parse_line(name.c_str(), std::string(line).c_str(), &raw) != SSH_OK) return;
  const Handle<ssh_knownhosts_entry, ssh_knownhosts_entry_free> entry(raw);
  const bool same = ssh_key_cmp(entry->publickey, key, SSH_KEY_CMP_PUBLIC) == 0;
  if (revoked) {
    lookup.revoked = lookup.revoked || same;
  } else if (same) {
    lookup.matches = true;
  } else {
    lookup.others.push_back({where.file, where.line, fingerprint(entry->publickey)});
  }
}

Lookup look_up(const std::string& name, ssh_key key, const std::vector<std::string>& files) {
  Lookup lookup;
  for (const std::string& file : files) {
    std::ifstream in(file);
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
      look_up_line(name, key, line, {file, number, ""}, lookup);
    }
  }
  return lookup;
}

Result<std::string> line_for(const std::string& name, ssh_key key) {
  char* base64 = nullptr;
  if (ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK) {
    return Error{ErrorCode::kInternal, "cannot encode the host key", false};
  }
  const char* type = ssh_pki_key_ecdsa_name(key);
  const ssh_keytypes_e kind = ssh_key_type(key);
  const bool ecdsa = kind == SSH_KEYTYPE_ECDSA_P256 || kind == SSH_KEYTYPE_ECDSA_P384 ||
                     kind == SSH_KEYTYPE_ECDSA_P521;
  if (!ecdsa) type = ssh_key_type_to_char(kind);
  std::string line = name + " " + type + " " + base64 + "\n";
  ssh_string_free_char(base64);
  return line;
}

// Many threads, and other programs, record at once: one thread at a time, under a file lock, with
// one write, and only if nobody was faster.
Status record_key(const std::string& name, ssh_key key, const std::string& file) {
  static std::mutex mutex;
  const std::lock_guard guard(mutex);
  Result<std::string> line = line_for(name, key);
  if (!line) return line.error();
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  if (!folder.empty()) ::mkdir(folder.c_str(), 0700);
  const UniqueFd fd(::open(file.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  if (!fd) return errno_error("opening " + file, errno);
  if (::flock(fd.get(), LOCK_EX) != 0) return errno_error("locking " + file, errno);
  if (look_up(name, key, {file}).matches) return {};
  std::string text = std::move(*line);
  char last = '\n';
  const off_t size = ::lseek(fd.get(), 0, SEEK_END);
  if (size > 0 && ::pread(fd.get(), &last, 1, size - 1) == 1 && last != '\n') text.insert(0, "\n");
  if (::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    return errno_error("writing " + file, errno);
  }
  return {};
}

Error changed_key(const std::string& name, const std::string& shown, const Lookup& lookup) {
  std::string text = "the host key of " + name + " is not the one we know: it shows " + shown;
  for (const Entry& entry : lookup.others) {
    text += ", " + entry.file + ":" + std::to_string(entry.line) + " has " + entry.fingerprint;
  }
  const std::string& file = lookup.others.front().file;
  text +=
      ". Either the host was set up anew or somebody is in between. If you know why it changed:";
  text += " ssh-keygen -f " + quote(file) + " -R " + quote(name);
  return {ErrorCode::kHostKey, text, false};
}

}  // namespace

std::string known_hosts_name(const std::string& name, std::uint16_t port) {
  return port == 22 ? name : "[" + name + "]:" + std::to_string(port);
}

Status check_host_key(ssh_session session, const std::string& name, const KnownHosts& files,
                      HostKeys rule, bool record) {
  if (rule == HostKeys::kOff) return {};
  ssh_key raw = nullptr;
  if (ssh_get_server_publickey(session, &raw) != SSH_OK) {
    return Error{ErrorCode::kHostKey, "the host key of " + name + " cannot be read", false};
  }
  const KeyHandle key(raw);
  const std::string shown = fingerprint(key.get());
  const Lookup lookup = look_up(name, key.get(), files.read_files);
  if (lookup.revoked) {
    return Error{ErrorCode::kHostKey,
                 "the host key of " + name + ", " + shown + ", is marked @revoked in known_hosts",
                 false};
  }
  if (lookup.matches) return {};
  if (!lookup.others.empty()) return changed_key(name, shown, lookup);
  if (rule == HostKeys::kStrict) {
    return Error{ErrorCode::kHostKey,
                 "the host key of " + name + ", " + shown + ", is not in " + files.write_file +
                     "; add it after checking it on the host, or use --host-keys accept-new",
                 false};
  }
  if (!record) return {};
  if (Status recorded = record_key(name, key.get(), files.write_file); !recorded) {
    log::warning("the host key of " + name + " (" + shown +
                 ") was accepted but not recorded: " + recorded.error().message);
  }
  return {};
}

}  // namespace arcus::ssh
