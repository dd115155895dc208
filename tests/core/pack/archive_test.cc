#include "core/pack/archive.h"

#include "core/base/text.h"
#include "core/pack/sha256.h"

#include "tests/core/pack/pack_test.h"

namespace arcus::pack {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

TEST_F(PackTest, ListsADirectorySortedWithNormalModes) {
  make_bundle("b");
  const Items items = listed("b");
  EXPECT_THAT(paths(items), ElementsAre("bin/arcus-memcached", "bin/memcached", "lib/libx.so",
                                        "zookeeper/zookeeper.jar"));
  const std::string text = manifest(items);
  EXPECT_EQ(lines(text)[0], sha256_text("engine") + "  0755  bin/arcus-memcached");
  EXPECT_EQ(lines(text)[1], sha256_text("arcus-memcached") + "  link  bin/memcached");
  EXPECT_THAT(lines(text)[3], HasSubstr("  0644  zookeeper/zookeeper.jar"));
  EXPECT_EQ(unpacked_bytes(items), 100'000u + 6 + 7);
}

TEST_F(PackTest, IsTheSameBytesWhereverAndWheneverItIsMade) {
  make_bundle("one");
  make_bundle("elsewhere/two");
  fs::last_write_time(root_ / "one/lib/libx.so",
                      fs::file_time_type::clock::now() - std::chrono::hours(1000));
  const Package first = packed(listed("one"), "a.tar.gz");
  const Package second = packed(listed("elsewhere/two"), "b.tar.gz");
  EXPECT_EQ(read(first.path), read(second.path));
  EXPECT_EQ(first.sha256, second.sha256);
  EXPECT_EQ(first.sha256, *sha256_file(first.path));
  EXPECT_EQ(first.bytes, fs::file_size(first.path));
  // The gzip header's time.
  EXPECT_EQ(read(first.path).substr(4, 4), std::string(4, '\0'));
}

TEST_F(PackTest, HasNoOwnersTimesOrNamesOfThisMachine) {
  make_bundle("b");
  const Package package = packed(listed("b"), "p.tar.gz");
  const Handle<archive, archive_read_free> in(archive_read_new());
  archive_read_support_filter_gzip(in.get());
  archive_read_support_format_tar(in.get());
  ASSERT_EQ(archive_read_open_filename(in.get(), package.path.c_str(), 10240), ARCHIVE_OK);
  std::vector<std::string> seen;
  archive_entry* entry = nullptr;
  while (archive_read_next_header(in.get(), &entry) == ARCHIVE_OK) {
    seen.emplace_back(archive_entry_pathname(entry));
    EXPECT_EQ(archive_entry_mtime(entry), 0);
    EXPECT_EQ(archive_entry_uid(entry), 0);
    EXPECT_EQ(archive_entry_gid(entry), 0);
    EXPECT_STREQ(archive_entry_uname(entry), "");
    const unsigned mode = archive_entry_perm(entry);
    EXPECT_TRUE(mode == 0755 || mode == 0644 || archive_entry_filetype(entry) == AE_IFLNK) << mode;
  }
  EXPECT_THAT(seen, ElementsAre("MANIFEST", "bin/", "bin/arcus-memcached", "bin/memcached", "lib/",
                                "lib/libx.so", "zookeeper/", "zookeeper/zookeeper.jar"));
}

TEST_F(PackTest, ShipsItsManifestAndReadsBackTheSame) {
  make_bundle("b");
  const Items items = listed("b");
  const Package package = packed(items, "p.tar.gz");
  const Items back = unpacked(package.path, "back");
  EXPECT_EQ(read(at("back/MANIFEST")), manifest(items));
  EXPECT_EQ(manifest(back), manifest(items));
}

TEST_F(PackTest, NamesAReleaseAfterItsFilesAlone) {
  make_bundle("b");
  const auto name = release_name("0.1.0", manifest(listed("b")));
  EXPECT_TRUE(name.starts_with("0.1.0-"));
  EXPECT_EQ(name.size(), std::string("0.1.0-").size() + 12);
  write("b/MANIFEST", "an older one");
  EXPECT_EQ(release_name("0.1.0", manifest(listed("b"))), name);
  write("b/lib/libx.so", "Library");
  EXPECT_NE(release_name("0.1.0", manifest(listed("b"))), name);
}

TEST_F(PackTest, LeavesOutWhatTheFilterDoes) {
  make_bundle("b");
  EXPECT_THAT(paths(listed("b", without_zookeeper)),
              ElementsAre("bin/arcus-memcached", "bin/memcached", "lib/libx.so"));
  EXPECT_THAT(paths(select(listed("b"), without_zookeeper)), SizeIs(3));
}

TEST_F(PackTest, RefusesLinksThatLeaveTheDirectory) {
  write("b/file", "x");
  fs::create_symlink("/etc/passwd", root_ / "b/passwd");
  const auto items = list_directory(at("b"));
  ASSERT_FALSE(items);
  EXPECT_THAT(items.error().message, HasSubstr("leaves the directory"));
}

TEST_F(PackTest, RefusesPipes) {
  write("b/file", "x");
  ASSERT_EQ(::mkfifo(at("b/pipe").c_str(), 0600), 0);
  EXPECT_FALSE(list_directory(at("b")));
}

TEST_F(PackTest, SaysWhichDirectoryIsMissing) {
  const auto items = list_directory(at("nowhere"));
  ASSERT_FALSE(items);
  EXPECT_THAT(items.error().message, HasSubstr(at("nowhere")));
}

TEST_F(PackTest, LeavesNothingBehindWhenAFileChangedMeanwhile) {
  make_bundle("b");
  const Items items = listed("b");
  write("b/bin/arcus-memcached", "enginE");
  fs::create_directory(root_ / "out");
  const auto package = write_package(items, at("out/p.tar.gz"));
  ASSERT_FALSE(package);
  EXPECT_TRUE(package.error().retryable);
  EXPECT_TRUE(fs::is_empty(root_ / "out"));
}

TEST_F(PackTest, LeavesNothingBehindWhenStopped) {
  make_bundle("b");
  const Items items = listed("b");
  Cancel cancel;
  cancel.request();
  const auto package = write_package(items, at("p.tar.gz"), &cancel);
  ASSERT_FALSE(package);
  EXPECT_EQ(package.error().code, ErrorCode::kCancelled);
  for (const auto& entry : fs::directory_iterator(root_)) EXPECT_EQ(entry.path().filename(), "b");
}

TEST_F(PackTest, FailsWhereItCantWrite) {
  make_bundle("b");
  EXPECT_FALSE(write_package(listed("b"), at("no/such/p.tar.gz")));
  EXPECT_FALSE(write_package({}, at("p.tar.gz")));
}

TEST_F(PackTest, LaysFilesOverFiles) {
  write("a/x", "1");
  write("a/y", "1");
  write("b/y", "2");
  write("b/z", "2");
  const Items merged = overlay(listed("a"), listed("b"));
  EXPECT_THAT(paths(merged), ElementsAre("x", "y", "z"));
  EXPECT_EQ(merged[1].source, at("b/y"));
}

TEST(Sha256, IsWhatSha256sumPrints) {
  EXPECT_EQ(sha256_text("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_text(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_file("/nowhere").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace arcus::pack
