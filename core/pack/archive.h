// Packages: what is shipped to a host, as a .tar.gz that is the same bytes wherever and whenever it
// is made from the same files. A package is gathered as a list of items (from a directory, from
// somebody's tarball, or one laid over the other), then written. The only user of libarchive.
//
//   auto items = list_directory(bundle, without_zookeeper);
//   auto name = release_name("0.1.0", manifest(*items));
//   auto package = write_package(*items, "/tmp/x/package.tar.gz");
//
// Functions without state; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/result.h"

namespace arcus::pack {

// The file in a package that lists the others.
inline constexpr std::string_view kManifestName = "MANIFEST";
// Where every package has these two.
inline constexpr std::string_view kEnginePath = "bin/arcus-memcached";
inline constexpr std::string_view kSupervisorPath = "bin/arcus-supervise";

// One file or symbolic link of a package.
struct Item {
  std::string path;      // in the package: relative, no "..", no "./"
  std::string source;    // here; empty for a link
  std::string link;      // where a link points; empty for a file
  unsigned mode = 0644;  // 0755 or 0644
  std::uint64_t size = 0;
  std::string sha256;  // of the content, of a link its target
};
using Items = std::vector<Item>;  // sorted by path

using Filter = std::function<bool(const std::string& path)>;  // true: take it
bool without_zookeeper(const std::string& path);

// Everything below `directory` that the filter takes. Links that leave the directory and anything
// but files and links are refused. A file with any x bit gets 0755, others 0644.
Result<Items> list_directory(const std::string& directory, const Filter& filter = nullptr);

// `base` with the items of `extra` added; at the same path extra's replaces base's.
Items overlay(Items base, const Items& extra);
// What `filter` takes of them.
Items select(const Items& items, const Filter& filter);

// "<sha256>  <mode>  <path>" a line, links with "link" for their mode.
std::string manifest(const Items& items);
// "<version>-<12 digits>": the same files have the same name, whoever packed them.
std::string release_name(std::string_view version, std::string_view manifest);
std::uint64_t unpacked_bytes(const Items& items);

struct Package {
  std::string path;
  std::string sha256;  // of the .tar.gz
  std::uint64_t bytes = 0;
};
// Written beside `path` first, then renamed: a half-written package is never seen. kConflict when a
// file is not what it was when it was listed; kCancelled when `cancel` is requested meanwhile.
Result<Package> write_package(const Items& items, const std::string& path,
                              const Cancel* cancel = nullptr);

// One entry of a tarball that somebody else made.
struct Entry {
  std::string path;
  std::string link;
  unsigned mode = 0;
  std::uint64_t size = 0;
};
// All its files and links, checked as unpack_foreign does but not unpacked.
Result<std::vector<Entry>> list_foreign(const std::string& tarball);

// Unpacks somebody's tarball (or zip) into an existing, empty directory. Refused, with a reason:
// what isn't an archive, encrypted ones, absolute paths, "..", links that leave it, devices. A sole
// top-level directory ("arcus-memcached-1.15/") is stripped.
Result<Items> unpack_foreign(const std::string& tarball, const std::string& directory);

// Somebody's files with what we need to run them from our own bundle: the supervisor, zookeeper/,
// and the libraries those use. Their engine may be bin/memcached; it gets our name for it as well.
Result<Items> complete_foreign(const Items& foreign, const Items& bundle);

}  // namespace arcus::pack
