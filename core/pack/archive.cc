#include "core/pack/archive.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <iterator>
#include <map>

#include "core/base/text.h"
#include "core/pack/paths.h"
#include "core/pack/sha256.h"

namespace arcus::pack {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNameDigits = 12;

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

}  // namespace arcus::pack
