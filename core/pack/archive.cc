#include "core/pack/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>

#include "core/base/handle.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"
#include "core/pack/paths.h"
#include "core/pack/sha256.h"

namespace arcus::pack {

namespace {

namespace fs = std::filesystem;

using Writer = Handle<archive, archive_write_free>;
using EntryHandle = Handle<archive_entry, archive_entry_free>;

constexpr std::size_t kBuffer = 128 << 10;
constexpr std::size_t kNameDigits = 12;

Error archive_error(archive* handle, const std::string& what) {
  const char* text = archive_error_string(handle);
  return {ErrorCode::kIo, what + ": " + (text != nullptr ? text : "unknown error"), false};
}

Result<Item> item_of(const fs::path& root, const std::string& path) {
  const std::string full = (root / path).string();
  if (clean_path(path) != path) {
    return Error{ErrorCode::kRefused, printable(full) + ": control characters in a file's name"};
  }
  struct stat info {};
  if (::lstat(full.c_str(), &info) != 0) return errno_error("reading " + full, errno);
  Item item;
  item.path = path;
  if (S_ISLNK(info.st_mode)) {
    std::error_code error;
    item.link = fs::read_symlink(full, error).string();
    if (error) return errno_error("reading " + full, error.value());
    if (!link_stays_inside(path, item.link)) {
      return Error{ErrorCode::kRefused, full + ": the link leaves the directory: " + item.link};
    }
    item.sha256 = sha256_text(item.link);
    return item;
  }
  if (!S_ISREG(info.st_mode)) {
    return Error{ErrorCode::kRefused, full + ": neither a file nor a link"};
  }
  auto sum = sha256_file(full);
  if (!sum) return sum.error();
  item.source = full;
  item.sha256 = *std::move(sum);
  item.size = static_cast<std::uint64_t>(info.st_size);
  item.mode = (info.st_mode & 0111) != 0 ? 0755 : 0644;
  return item;
}

void sort(Items& items) {
  std::sort(items.begin(), items.end(),
            [](const Item& a, const Item& b) { return a.path < b.path; });
}

// Writes one package's entries; everything that could differ between two makings is fixed.
class PackageWriter {
 public:
  Status open(const std::string& path) {
    handle_.reset(archive_write_new());
    archive* out = handle_.get();
    // Neither the gzip header's time nor the default level may depend on when and with what.
    if (archive_write_set_format_pax_restricted(out) != ARCHIVE_OK ||
        archive_write_add_filter_gzip(out) != ARCHIVE_OK ||
        archive_write_set_options(out, "gzip:!timestamp,gzip:compression-level=1") != ARCHIVE_OK ||
        archive_write_open_filename(out, path.c_str()) != ARCHIVE_OK) {
      return archive_error(out, "writing " + path);
    }
    return {};
  }

  Status add_parents(const std::string& path) {
    for (auto slash = path.find('/'); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      const std::string folder = path.substr(0, slash);
      if (!folders_.insert(folder).second) continue;
      const auto entry = header(folder + "/", AE_IFDIR, 0755);
      if (auto status = write_header(entry.get(), folder); !status) return status;
    }
    return {};
  }

  Status add_text(const std::string& path, std::string_view text) {
    const auto entry = header(path, AE_IFREG, 0644);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(text.size()));
    if (auto status = write_header(entry.get(), path); !status) return status;
    return write_data(text.data(), text.size(), path);
  }

  Status add(const Item& item) {
    if (auto status = add_parents(item.path); !status) return status;
    if (!item.link.empty()) {
      const auto entry = header(item.path, AE_IFLNK, 0777);
      archive_entry_set_symlink(entry.get(), item.link.c_str());
      return write_header(entry.get(), item.path);
    }
    const auto entry = header(item.path, AE_IFREG, item.mode);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(item.size));
    if (auto status = write_header(entry.get(), item.path); !status) return status;
    return add_content(item);
  }

  Status close(const std::string& path) {
    if (archive_write_close(handle_.get()) != ARCHIVE_OK) {
      return archive_error(handle_.get(), "writing " + path);
    }
    return {};
  }

 private:
  static EntryHandle header(const std::string& path, unsigned type, unsigned mode) {
    EntryHandle entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), path.c_str());
    archive_entry_set_filetype(entry.get(), type);
    archive_entry_set_perm(entry.get(), mode);
    archive_entry_set_mtime(entry.get(), 0, 0);
    archive_entry_set_uid(entry.get(), 0);
    archive_entry_set_gid(entry.get(), 0);
    return entry;
  }

  Status write_header(archive_entry* entry, const std::string& path) {
    if (archive_write_header(handle_.get(), entry) == ARCHIVE_OK) return {};
    return archive_error(handle_.get(), "packing " + path);
  }

  Status write_data(const char* bytes, std::size_t size, const std::string& path) {
    if (archive_write_data(handle_.get(), bytes, size) == static_cast<la_ssize_t>(size)) return {};
    return archive_error(handle_.get(), "packing " + path);
  }

  Status add_content(const Item& item) {
    const UniqueFd file(::open(item.source.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return errno_error("reading " + item.source, errno);
    std::vector<char> buffer(kBuffer);
    Sha256 sum;
    while (true) {
      const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return errno_error("reading " + item.source, errno);
      if (got == 0) break;
      sum.update(buffer.data(), static_cast<std::size_t>(got));
      if (auto status = write_data(buffer.data(), static_cast<std::size_t>(got), item.path);
          !status) {
        return status;
      }
    }
    if (sum.hex() == item.sha256) return {};
    return Error{ErrorCode::kConflict, item.source + " changed while it was packed; try again",
                 true};
  }

  Writer handle_;
  std::set<std::string> folders_;
};

// Removes a file that was not renamed to its place.
class Scratch {
 public:
  explicit Scratch(std::string path) : path_(std::move(path)) {}
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  Status move_to(const std::string& place) {
    if (::rename(path_.c_str(), place.c_str()) != 0) return errno_error("writing " + place, errno);
    path_.clear();
    return {};
  }

 private:
  std::string path_;
};

Status write_all(const Items& items, const std::string& path) {
  PackageWriter writer;
  if (auto status = writer.open(path); !status) return status;
  if (auto status = writer.add_text(std::string(kManifestName), manifest(items)); !status) {
    return status;
  }
  for (const auto& item : items) {
    if (auto status = writer.add(item); !status) return status;
  }
  return writer.close(path);
}

}  // namespace

bool without_zookeeper(const std::string& path) {
  return !path.starts_with("zookeeper/");
}

Result<Items> list_directory(const std::string& directory, const Filter& filter) {
  const fs::path root(directory);
  std::error_code error;
  Items items;
  for (fs::recursive_directory_iterator at(root, error), end; !error && at != end;
       at.increment(error)) {
    const auto type = at->symlink_status(error).type();
    if (error) break;
    if (type == fs::file_type::directory) continue;
    const std::string path = at->path().lexically_relative(root).string();
    if (path == kManifestName || (filter && !filter(path))) continue;
    auto item = item_of(root, path);
    if (!item) return item.error();
    items.push_back(*std::move(item));
  }
  if (error) return errno_error("reading " + directory, error.value());
  sort(items);
  return items;
}

Items overlay(Items base, const Items& extra) {
  std::map<std::string, Item> merged;
  for (auto& item : base) merged[item.path] = std::move(item);
  for (const auto& item : extra) merged[item.path] = item;
  Items items;
  for (auto& [path, item] : merged) items.push_back(std::move(item));
  return items;
}

Items select(const Items& items, const Filter& filter) {
  Items taken;
  std::copy_if(items.begin(), items.end(), std::back_inserter(taken),
               [&filter](const Item& item) { return filter(item.path); });
  return taken;
}

Result<Items> complete_foreign(const Items& foreign, const Items& bundle) {
  const auto holds = [&foreign](std::string_view path) {
    return std::any_of(foreign.begin(), foreign.end(),
                       [path](const Item& item) { return item.path == path; });
  };
  Items engine;
  if (!holds(kEnginePath)) {
    if (!holds("bin/memcached")) {
      return Error{ErrorCode::kRefused,
                   "no engine in it: expected bin/arcus-memcached or bin/memcached"};
    }
    Item link;
    link.path = kEnginePath;
    link.link = "memcached";
    link.sha256 = sha256_text(link.link);
    engine.push_back(std::move(link));
  }
  // Our programs look for their libraries in lib/; where both bring one, theirs is what their
  // engine was built with.
  const auto ours = select(bundle, [](const std::string& path) {
    return path == kSupervisorPath || path.starts_with("zookeeper/");
  });
  const auto libraries =
      select(bundle, [](const std::string& path) { return path.starts_with("lib/"); });
  return overlay(overlay(overlay(libraries, foreign), ours), engine);
}

std::string manifest(const Items& items) {
  std::string text;
  for (const auto& item : items) {
    const char* mode = !item.link.empty() ? "link" : item.mode == 0755 ? "0755" : "0644";
    text += item.sha256 + "  " + mode + "  " + item.path + "\n";
  }
  return text;
}

std::string release_name(std::string_view version, std::string_view manifest) {
  return std::string(version) + "-" + sha256_text(manifest).substr(0, kNameDigits);
}

std::uint64_t unpacked_bytes(const Items& items) {
  std::uint64_t bytes = 0;
  for (const auto& item : items) bytes += item.size;
  return bytes;
}

Result<Package> write_package(const Items& items, const std::string& path) {
  if (items.empty()) return invalid("no file to put into " + path);
  std::string temporary = path + ".XXXXXX";
  const UniqueFd created(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!created) return errno_error("writing " + path, errno);
  Scratch scratch(temporary);
  if (auto status = write_all(items, temporary); !status) return status.error();
  Package package{path, {}, 0};
  auto sum = sha256_file(temporary);
  if (!sum) return sum.error();
  package.sha256 = *std::move(sum);
  struct stat info {};
  if (::fstat(created.get(), &info) != 0) return errno_error("writing " + path, errno);
  package.bytes = static_cast<std::uint64_t>(info.st_size);
  if (auto status = scratch.move_to(path); !status) return status.error();
  return package;
}

}  // namespace arcus::pack
