// Reading tarballs that somebody else made: nothing in them is trusted.
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>

#include "core/base/handle.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"
#include "core/pack/archive.h"
#include "core/pack/paths.h"

namespace arcus::pack {

namespace {

namespace fs = std::filesystem;

using Reader = Handle<archive, archive_read_free>;

constexpr std::size_t kBlock = 128 << 10;
constexpr std::uint64_t kMaxUnpacked = 4ULL << 30;
constexpr std::size_t kMaxEntries = 100'000;

// Folders whose being alone at the top doesn't make them the wrapping of a release.
constexpr std::string_view kOwnFolders[] = {"bin", "sbin", "lib", "conf", "zookeeper"};

Error refused(const std::string& what) {
  return {ErrorCode::kRefused, what, false};
}

std::string text_or_empty(const char* text) {
  return text != nullptr ? text : "";
}

// Gets one file's bytes, in pieces.
using Sink = std::function<Status(const void* bytes, std::size_t size)>;
// Called for each file (make a sink for it) and hard link's copy.
struct Visitor {
  std::function<Result<Sink>(const Entry& file)> open;
  std::function<Status(const std::string& from, const Entry& file)> copy;
};

// Goes through one archive from front to back, checking every entry before anything is made of it.
class Walk {
 public:
  explicit Walk(const std::string& tarball) : tarball_(tarball) {}

  Result<std::vector<Entry>> run(const Visitor* visitor) {
    handle_.reset(archive_read_new());
    archive* in = handle_.get();
    // Named one by one: "all" would run programs of this machine for odd formats, and take any
    // text for a listing.
    archive_read_support_filter_gzip(in);
    archive_read_support_filter_bzip2(in);
    archive_read_support_filter_xz(in);
    archive_read_support_filter_zstd(in);
    archive_read_support_format_tar(in);
    archive_read_support_format_zip(in);
    if (::access(tarball_.c_str(), R_OK) != 0) return errno_error("reading " + tarball_, errno);
    if (archive_read_open_filename(in, tarball_.c_str(), kBlock) != ARCHIVE_OK) return failure();
    while (true) {
      archive_entry* entry = nullptr;
      const int status = archive_read_next_header(in, &entry);
      if (status == ARCHIVE_EOF) break;
      if (status < ARCHIVE_WARN) return failure();
      if (auto taken = take(entry, visitor); !taken) return taken.error().in(tarball_);
    }
    if (entries_.empty()) return invalid(tarball_ + ": there is no file in it");
    return std::move(entries_);
  }

 private:
  Error failure() {
    // Asking before a format was recognised crashes libarchive 3.6.
    if (archive_format(handle_.get()) != 0 &&
        archive_read_has_encrypted_entries(handle_.get()) > 0) {
      return encrypted().in(tarball_);
    }
    return invalid(tarball_ +
                   ": not a tarball we can read (.tar, .tar.gz, .tar.bz2, .tar.xz, "
                   ".tar.zst or .zip): " +
                   printable(text_or_empty(archive_error_string(handle_.get()))));
  }
  static Error encrypted() {
    return refused("it is encrypted; expected an archive without a password");
  }

  Status take(archive_entry* raw, const Visitor* visitor) {
    const std::string written = text_or_empty(archive_entry_pathname(raw));
    const std::string shown = "\"" + printable(written) + "\"";
    if (archive_entry_is_encrypted(raw) != 0) return encrypted();
    const auto path = clean_path(written);
    if (!path)
      return refused(shown + ": a path that is absolute, climbs with \"..\" or can't be shown");
    if (auto status = check_place(*path, archive_entry_filetype(raw) == AE_IFDIR); !status) {
      return status;
    }
    Entry entry{*path, {}, static_cast<unsigned>(archive_entry_perm(raw)), 0};
    if (const char* target = archive_entry_hardlink(raw))
      return take_hard_link(entry, target, visitor);
    switch (archive_entry_filetype(raw)) {
      case AE_IFDIR:
        return {};
      case AE_IFLNK:
        return take_link(entry, text_or_empty(archive_entry_symlink(raw)));
      case AE_IFREG:
        return take_file(entry, visitor);
      default:
        return refused(shown + ": a device, pipe or socket");
    }
  }

  // A path may come once, and nothing may be below a link or a file: then links are only ever made,
  // never followed.
  Status check_place(const std::string& path, bool is_directory) {
    for (auto slash = path.find('/'); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      const std::string parent = path.substr(0, slash);
      folders_.insert(parent);
      if (taken_.count(parent) != 0) {
        return refused("\"" + path + "\" is below \"" + parent + "\", which is no directory");
      }
    }
    if (is_directory) {
      folders_.insert(path);
      if (taken_.count(path) == 0) return {};
    } else if (!path.empty() && folders_.count(path) == 0 && taken_.insert(path).second) {
      if (taken_.size() <= kMaxEntries) return {};
      return refused("more than " + std::to_string(kMaxEntries) + " files");
    }
    return refused("\"" + path + "\" is in it twice");
  }

  Status take_link(Entry& entry, const std::string& target) {
    if (!link_stays_inside(entry.path, target)) {
      return refused("\"" + entry.path + "\": a link that leaves the archive: \"" +
                     printable(target) + "\"");
    }
    entry.link = target;
    entries_.push_back(std::move(entry));
    return {};
  }

  Status take_hard_link(Entry& entry, const char* target, const Visitor* visitor) {
    const auto from = clean_path(target);
    const auto known = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& earlier) {
      return from && earlier.path == *from && earlier.link.empty();
    });
    if (known == entries_.end()) {
      return refused("\"" + entry.path + "\": a hard link to no earlier file: \"" +
                     printable(target) + "\"");
    }
    entry.size = known->size;
    entry.mode = known->mode;
    total_ += entry.size;
    if (total_ > kMaxUnpacked) return too_large();
    if (visitor != nullptr) {
      if (auto status = visitor->copy(known->path, entry); !status) return status;
    }
    entries_.push_back(std::move(entry));
    return {};
  }

  Status take_file(Entry& entry, const Visitor* visitor) {
    Sink sink;
    if (visitor != nullptr) {
      auto opened = visitor->open(entry);
      if (!opened) return opened.error();
      sink = *std::move(opened);
    }
    std::vector<char> buffer(kBlock);
    while (true) {
      const la_ssize_t got = archive_read_data(handle_.get(), buffer.data(), buffer.size());
      if (got < 0) {
        return invalid("\"" + entry.path + "\": damaged: " +
                       printable(text_or_empty(archive_error_string(handle_.get()))));
      }
      if (got == 0) break;
      entry.size += static_cast<std::uint64_t>(got);
      total_ += static_cast<std::uint64_t>(got);
      if (total_ > kMaxUnpacked) return too_large();
      if (!sink) continue;
      if (auto status = sink(buffer.data(), static_cast<std::size_t>(got)); !status) return status;
    }
    entries_.push_back(std::move(entry));
    return {};
  }

  static Error too_large() {
    return refused("more than " + format_bytes(kMaxUnpacked) + " unpacked");
  }

  std::string tarball_;
  Reader handle_;
  std::vector<Entry> entries_;
  std::set<std::string> taken_;
  std::set<std::string> folders_;
  std::uint64_t total_ = 0;
};

Status write_fully(int fd, const char* bytes, std::size_t size, const std::string& path) {
  while (size > 0) {
    const ssize_t written = ::write(fd, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno_error("writing " + path, errno);
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return {};
}

Status make_parent(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  return error ? Status(errno_error("making " + path.parent_path().string(), error.value()))
               : Status();
}

Visitor unpack_into(const fs::path& root) {
  Visitor visitor;
  visitor.open = [root](const Entry& file) -> Result<Sink> {
    const fs::path path = root / file.path;
    if (auto status = make_parent(path); !status) return status.error();
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const mode_t mode = (file.mode & 0111) != 0 ? 0755 : 0644;
    auto out = std::make_shared<UniqueFd>(::open(path.c_str(), flags, mode));
    if (!*out) return errno_error("writing " + path.string(), errno);
    return Sink([out, path](const void* bytes, std::size_t size) {
      return write_fully(out->get(), static_cast<const char*>(bytes), size, path.string());
    });
  };
  visitor.copy = [root](const std::string& from, const Entry& file) -> Status {
    const fs::path path = root / file.path;
    if (auto status = make_parent(path); !status) return status;
    std::error_code error;
    fs::copy_file(root / from, path, error);
    if (error) return errno_error("writing " + path.string(), error.value());
    return {};
  };
  return visitor;
}

// "arcus-memcached-1.15" when all is below it; "" when the top is the release itself.
std::string wrapping(const std::vector<Entry>& entries) {
  const std::string& first = entries.front().path;
  const auto slash = first.find('/');
  if (slash == std::string::npos) return {};
  const std::string top = first.substr(0, slash);
  if (std::count(std::begin(kOwnFolders), std::end(kOwnFolders), top) != 0) return {};
  const bool all = std::all_of(entries.begin(), entries.end(), [&top](const Entry& entry) {
    return entry.path.starts_with(top + "/");
  });
  return all ? top : std::string();
}

}  // namespace

Result<std::vector<Entry>> list_foreign(const std::string& tarball) {
  return Walk(tarball).run(nullptr);
}

Result<Items> unpack_foreign(const std::string& tarball, const std::string& directory) {
  const Visitor visitor = unpack_into(directory);
  const auto entries = Walk(tarball).run(&visitor);
  if (!entries) return entries.error();
  // Links come last: while there were none, no file could be written through one.
  for (const auto& entry : *entries) {
    if (entry.link.empty()) continue;
    const fs::path path = fs::path(directory) / entry.path;
    if (auto status = make_parent(path); !status) return status.error();
    std::error_code error;
    fs::create_symlink(entry.link, path, error);
    if (error) return errno_error("writing " + path.string(), error.value());
  }
  const std::string top = wrapping(*entries);
  return list_directory(top.empty() ? directory : directory + "/" + top);
}

}  // namespace arcus::pack
