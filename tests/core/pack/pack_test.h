// What the tests of packages share: a directory of their own, and tarballs as bad as need be.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "core/base/handle.h"
#include "core/pack/archive.h"

namespace arcus::pack {

class PackTest : public testing::Test {
 protected:
  PackTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "arcus-pack-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
  }
  ~PackTest() override { std::filesystem::remove_all(root_); }

  std::string at(const std::string& path) const { return (root_ / path).string(); }
  std::string write(const std::string& path, const std::string& text, int mode = 0644) {
    const std::filesystem::path full = root_ / path;
    std::filesystem::create_directories(full.parent_path());
    std::ofstream(full, std::ios::binary) << text;
    ::chmod(full.c_str(), static_cast<mode_t>(mode));
    return full.string();
  }
  std::string read(const std::string& path) const {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  void make_bundle(const std::string& where) {
    write(where + "/lib/libx.so", "library");
    write(where + "/bin/arcus-memcached", "engine", 0700);
    write(where + "/zookeeper/zookeeper.jar", std::string(100'000, 'j'), 0600);
    std::filesystem::create_symlink("arcus-memcached", root_ / where / "bin/memcached");
  }
  Items listed(const std::string& where, const Filter& filter = nullptr) {
    auto items = list_directory(at(where), filter);
    EXPECT_TRUE(items) << (items ? "" : items.error().message);
    return items ? *items : Items();
  }
  Package packed(const Items& items, const std::string& name) {
    auto package = write_package(items, at(name));
    EXPECT_TRUE(package) << (package ? "" : package.error().message);
    return package ? *package : Package();
  }
  Items unpacked(const std::string& tarball, const std::string& where) {
    std::filesystem::create_directories(root_ / where);
    auto items = unpack_foreign(tarball, at(where));
    EXPECT_TRUE(items) << (items ? "" : items.error().message);
    return items ? *items : Items();
  }
  // What unpacking says, after checking that listing says the same.
  std::string refusal(const std::string& tarball) {
    const std::string where = "refused-" + std::to_string(++refusals_);
    std::filesystem::create_directories(root_ / where);
    const auto items = unpack_foreign(tarball, at(where));
    const auto entries = list_foreign(tarball);
    EXPECT_FALSE(items);
    EXPECT_FALSE(entries);
    if (items || entries) return "nothing was wrong";
    EXPECT_EQ(items.error().message, entries.error().message);
    return items.error().message;
  }

  struct Raw {
    std::string path;
    std::string content = {};
    unsigned type = AE_IFREG;
    std::string link = {};
    std::string hardlink = {};
  };
  // A tarball with just these entries, however bad.
  std::string tarball(const std::string& name, const std::vector<Raw>& entries) {
    const Handle<archive, archive_write_free> out(archive_write_new());
    archive_write_set_format_pax_restricted(out.get());
    archive_write_add_filter_gzip(out.get());
    archive_write_open_filename(out.get(), at(name).c_str());
    for (const Raw& raw : entries) {
      const Handle<archive_entry, archive_entry_free> entry(archive_entry_new());
      archive_entry_set_pathname(entry.get(), raw.path.c_str());
      archive_entry_set_filetype(entry.get(), raw.type);
      archive_entry_set_perm(entry.get(), 0755);
      if (!raw.link.empty()) archive_entry_set_symlink(entry.get(), raw.link.c_str());
      if (!raw.hardlink.empty()) archive_entry_set_hardlink(entry.get(), raw.hardlink.c_str());
      archive_entry_set_size(entry.get(), static_cast<la_int64_t>(raw.content.size()));
      EXPECT_EQ(archive_write_header(out.get(), entry.get()), ARCHIVE_OK);
      archive_write_data(out.get(), raw.content.data(), raw.content.size());
    }
    archive_write_close(out.get());
    return at(name);
  }

  std::filesystem::path root_;
  int refusals_ = 0;
};

inline std::vector<std::string> paths(const Items& items) {
  std::vector<std::string> all;
  for (const auto& item : items) all.push_back(item.path);
  return all;
}

}  // namespace arcus::pack
