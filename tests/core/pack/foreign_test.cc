#include "core/pack/paths.h"

#include "tests/core/pack/pack_test.h"

namespace arcus::pack {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

TEST_F(PackTest, StripsTheDirectoryThatAForeignTarballWrapsAllIn) {
  const auto path = tarball("f.tgz", {{"./arcus-1.15/", "", AE_IFDIR},
                                      {"./arcus-1.15/bin/memcached", "engine"},
                                      {"./arcus-1.15/lib/e.so", "e"}});
  EXPECT_THAT(paths(unpacked(path, "u")), ElementsAre("bin/memcached", "lib/e.so"));
}

TEST_F(PackTest, KeepsASoleDirectoryThatIsPartOfARelease) {
  EXPECT_THAT(paths(unpacked(tarball("f.tgz", {{"bin/memcached", "engine"}}), "u")),
              ElementsAre("bin/memcached"));
}

TEST_F(PackTest, TakesLinksThatStayInside) {
  const auto path = tarball("f.tgz", {{"lib/libx.so.1", "library"},
                                      {"lib/libx.so", "", AE_IFLNK, "libx.so.1"},
                                      {"bin/x", "", AE_IFLNK, "../lib/libx.so"},
                                      {"bin/hard", "", AE_IFREG, "", "lib/libx.so.1"}});
  const Items items = unpacked(path, "u");
  EXPECT_THAT(paths(items), ElementsAre("bin/hard", "bin/x", "lib/libx.so", "lib/libx.so.1"));
  EXPECT_EQ(read(at("u/bin/x")), "library");
  EXPECT_EQ(read(at("u/bin/hard")), "library");
}

TEST_F(PackTest, ListsAForeignTarball) {
  const auto entries = list_foreign(tarball("f.tgz", {{"bin/memcached", "engine"}}));
  ASSERT_TRUE(entries) << entries.error().message;
  ASSERT_THAT(*entries, SizeIs(1));
  EXPECT_EQ(entries->front().path, "bin/memcached");
  EXPECT_EQ(entries->front().size, 6u);
  EXPECT_EQ(entries->front().mode, 0755u);
}

TEST_F(PackTest, RefusesPathsThatLeadOut) {
  for (const char* bad : {"/etc/passwd", "../x", "a/../../x", "a/..", "a\nb"}) {
    EXPECT_THAT(refusal(tarball("f.tgz", {{bad, "x"}})), HasSubstr("a path that is absolute"))
        << bad;
  }
}

TEST_F(PackTest, RefusesLinksThatLeadOut) {
  for (const char* bad : {"/etc", "..", "../../x", "b/../../x"}) {
    EXPECT_THAT(refusal(tarball("f.tgz", {{"d", "", AE_IFLNK, bad}})),
                HasSubstr("a link that leaves"))
        << bad;
  }
  EXPECT_THAT(refusal(tarball("f.tgz", {{"d", "", AE_IFREG, "", "/etc/passwd"}})),
              HasSubstr("a hard link to no earlier file"));
}

TEST_F(PackTest, NeverWritesThroughALink) {
  EXPECT_THAT(refusal(tarball("f.tgz", {{"d", "", AE_IFLNK, "e"}, {"d/x", "content"}})),
              HasSubstr("\"d/x\" is below \"d\", which is no directory"));
  EXPECT_THAT(refusal(tarball("g.tgz", {{"d/x", "content"}, {"d", "", AE_IFLNK, "e"}})),
              HasSubstr("\"d\" is in it twice"));
}

TEST_F(PackTest, RefusesDevicesAndPipes) {
  for (const unsigned type : {AE_IFCHR, AE_IFBLK, AE_IFIFO}) {
    EXPECT_THAT(refusal(tarball("f.tgz", {{"dev", "", type}})), HasSubstr("a device, pipe"));
  }
}

TEST_F(PackTest, RefusesTheSameFileTwice) {
  EXPECT_THAT(refusal(tarball("f.tgz", {{"a", "1"}, {"./a", "2"}})), HasSubstr("twice"));
}

TEST_F(PackTest, RefusesWhatIsNoArchive) {
  EXPECT_THAT(refusal(write("text", "just some text\n")), HasSubstr("not a tarball"));
  EXPECT_THAT(refusal(write("noise", std::string(5000, '\x91'))), HasSubstr("not a tarball"));
  EXPECT_THAT(refusal(write("empty", "")), HasSubstr("empty"));
  EXPECT_THAT(refusal(tarball("none.tgz", {})), HasSubstr("there is no file in it"));
  EXPECT_THAT(refusal(at("absent")), HasSubstr("No such file"));
}

TEST_F(PackTest, RefusesATruncatedTarball) {
  std::string noise;
  for (unsigned i = 0, x = 1; i < 200'000; ++i)
    noise += static_cast<char>((x = x * 69069 + 1) >> 16);
  const auto path = tarball("f.tgz", {{"big", noise}});
  fs::resize_file(path, fs::file_size(path) / 2);
  EXPECT_THAT(refusal(path), HasSubstr("\"big\": damaged"));
}

TEST_F(PackTest, RefusesAnEncryptedArchive) {
  const Handle<archive, archive_write_free> out(archive_write_new());
  archive_write_set_format_zip(out.get());
  archive_write_set_passphrase(out.get(), "secret");
  ASSERT_EQ(archive_write_set_options(out.get(), "zip:encryption=aes256"), ARCHIVE_OK);
  archive_write_open_filename(out.get(), at("e.zip").c_str());
  const Handle<archive_entry, archive_entry_free> entry(archive_entry_new());
  archive_entry_set_pathname(entry.get(), "bin/memcached");
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0755);
  archive_entry_set_size(entry.get(), 3);
  archive_write_header(out.get(), entry.get());
  archive_write_data(out.get(), "abc", 3);
  archive_write_close(out.get());
  EXPECT_THAT(refusal(at("e.zip")), HasSubstr("it is encrypted"));
}

TEST_F(PackTest, CompletesAForeignReleaseWithWhatRunsIt) {
  write("theirs/bin/memcached", "engine", 0755);
  write("theirs/lib/libevent.so", "theirs");
  write("ours/bin/arcus-supervise", "supervisor", 0755);
  write("ours/bin/arcus-memcached", "not shipped", 0755);
  write("ours/lib/libevent.so", "ours");
  write("ours/lib/libz.so", "ours");
  write("ours/zookeeper/z.jar", "jar");
  const auto all = complete_foreign(listed("theirs"), listed("ours"));
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_THAT(paths(*all),
              ElementsAre("bin/arcus-memcached", "bin/arcus-supervise", "bin/memcached",
                          "lib/libevent.so", "lib/libz.so", "zookeeper/z.jar"));
  EXPECT_EQ(all->front().link, "memcached");
  EXPECT_EQ((*all)[3].source, at("theirs/lib/libevent.so"));
  packed(*all, "p.tar.gz");
  unpacked(at("p.tar.gz"), "u");
  EXPECT_EQ(read(at("u/bin/arcus-memcached")), "engine");
}

TEST_F(PackTest, RefusesAForeignReleaseWithoutAnEngine) {
  write("theirs/share/doc", "x");
  const auto all = complete_foreign(listed("theirs"), {});
  ASSERT_FALSE(all);
  EXPECT_THAT(all.error().message, HasSubstr("bin/memcached"));
}

TEST(CleanPath, MakesOneFormOfMany) {
  EXPECT_EQ(clean_path("./a//b/"), "a/b");
  EXPECT_EQ(clean_path("."), "");
  EXPECT_EQ(clean_path("a..b/c.."), "a..b/c..");
  for (const char* bad : {"/a", "..", "a/../b", "a\x7f"}) EXPECT_FALSE(clean_path(bad)) << bad;
}

TEST(LinkStaysInside, GoesByTheTextAlone) {
  EXPECT_TRUE(link_stays_inside("a/b/c", "../../x"));
  EXPECT_FALSE(link_stays_inside("a/b/c", "../../../x"));
  // "b" may be a link itself.
  EXPECT_FALSE(link_stays_inside("a/b/c", "b/../x"));
  EXPECT_FALSE(link_stays_inside("a", ""));
}

}  // namespace
}  // namespace arcus::pack
