// write_package: the items of a package as a .tar.gz.
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <vector>

#include "core/base/handle.h"
#include "core/base/unique_fd.h"
#include "core/pack/archive.h"
#include "core/pack/gzip.h"
#include "core/pack/sha256.h"

namespace arcus::pack {

namespace {

using EntryHandle = Handle<archive_entry, archive_entry_free>;

constexpr std::size_t kBuffer = 128 << 10;

// Writes one package's entries; everything that could differ between two makings is fixed.
class PackageWriter {
 public:
  explicit PackageWriter(GzipFile& file, const Cancel* cancel) : file_(file), cancel_(cancel) {}

  Status open() {
    handle_.reset(archive_write_new());
    archive* out = handle_.get();
    if (archive_write_set_format_pax_restricted(out) != ARCHIVE_OK ||
        archive_write_set_bytes_per_block(out, kBuffer) != ARCHIVE_OK ||
        archive_write_set_bytes_in_last_block(out, 1) != ARCHIVE_OK ||
        archive_write_open(out, this, nullptr, give_to_file, nullptr) != ARCHIVE_OK) {
      return failure("writing the package");
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

  Status close() {
    if (archive_write_close(handle_.get()) != ARCHIVE_OK) return failure("writing the package");
    return file_.finish();
  }

 private:
  static la_ssize_t give_to_file(archive* handle, void* self, const void* bytes, std::size_t size) {
    auto* writer = static_cast<PackageWriter*>(self);
    writer->written_ = writer->file_.write({static_cast<const char*>(bytes), size});
    if (writer->written_) return static_cast<la_ssize_t>(size);
    archive_set_error(handle, EIO, "the file cannot be written");
    return -1;
  }

  Error failure(const std::string& what) const {
    if (!written_) return written_.error();
    const char* text = archive_error_string(handle_.get());
    return {ErrorCode::kIo, what + ": " + (text != nullptr ? text : "unknown error"), false};
  }

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
    return failure("packing " + path);
  }

  Status write_data(const char* bytes, std::size_t size, const std::string& path) {
    if (archive_write_data(handle_.get(), bytes, size) == static_cast<la_ssize_t>(size)) return {};
    return failure("packing " + path);
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
      if (cancel_ != nullptr && cancel_->requested()) {
        return Error{ErrorCode::kCancelled, "stopped by the operator while packing", false};
      }
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

  GzipFile& file_;
  const Cancel* cancel_;
  Status written_;  // what became of the last write to the file
  Handle<archive, archive_write_free> handle_;
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

Status write_all(const Items& items, GzipFile& file, const Cancel* cancel) {
  PackageWriter writer(file, cancel);
  if (auto status = writer.open(); !status) return status;
  if (auto status = writer.add_text(std::string(kManifestName), manifest(items)); !status) {
    return status;
  }
  for (const auto& item : items) {
    if (auto status = writer.add(item); !status) return status;
  }
  return writer.close();
}

}  // namespace

Result<Package> write_package(const Items& items, const std::string& path, const Cancel* cancel) {
  if (items.empty()) return invalid("no file to put into " + path);
  std::string temporary = path + ".XXXXXX";
  const UniqueFd created(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!created) return errno_error("writing " + path, errno);
  Scratch scratch(temporary);
  GzipFile file(created.get());
  if (auto status = write_all(items, file, cancel); !status) return status.error();
  if (auto status = scratch.move_to(path); !status) return status.error();
  return Package{path, file.sha256(), file.size()};
}

}  // namespace arcus::pack
