#include "core/pack/gzip.h"

#include <fcntl.h>

#include <random>

#include "core/base/unique_fd.h"
#include "tests/core/pack/pack_test.h"

namespace arcus::pack {
namespace {

std::string noise(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

class GzipTest : public PackTest {
 protected:
  // What is on the disk after these writes.
  std::string written(const std::vector<std::string>& pieces) {
    const UniqueFd fd(::open(at("x.gz").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    GzipFile file(fd.get());
    for (const auto& piece : pieces) EXPECT_TRUE(file.write(piece));
    EXPECT_TRUE(file.finish());
    EXPECT_EQ(file.size(), std::filesystem::file_size(at("x.gz")));
    EXPECT_EQ(file.sha256(), *sha256_file(at("x.gz")));
    return read(at("x.gz"));
  }
  // What gzip(1), which the hosts have, makes of it.
  std::string unzipped() {
    EXPECT_EQ(std::system(("gzip -dc " + at("x.gz") + " >" + at("x")).c_str()), 0);
    return read(at("x"));
  }
};

TEST_F(GzipTest, GivesBackWhatWasWrittenWhateverItWas) {
  std::vector<std::string> pieces = {"", "a line\n", noise(3, 1)};
  std::string all = "a line\n" + pieces[2];
  for (unsigned i = 0; i < 40; ++i) {
    const std::size_t size = std::size_t{1} << (i % 20);
    pieces.push_back(i % 3 == 0 ? std::string(size * 3, static_cast<char>('a' + i))
                                : noise(size, i));
    all += pieces.back();
  }
  written(pieces);
  EXPECT_TRUE(unzipped() == all);
}

TEST_F(GzipTest, OfNothingIsAFileToo) {
  written({});
  EXPECT_EQ(unzipped(), "");
}

TEST_F(GzipTest, StoresWhatDoesNotCompressAndCompressesTheRest) {
  const std::string jar = noise(1'000'000, 7);
  const std::string text(1'000'000, 't');
  const std::string file = written({text, jar, text});
  EXPECT_LT(file.size(), jar.size() + 50'000);
  // Stored: a stretch of the jar is there as it was.
  EXPECT_NE(file.find(jar.substr(500'000, 1000)), std::string::npos);
}

TEST_F(GzipTest, SaysThatTheDiskIsFull) {
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  GzipFile file(full.get());
  Status status = file.write(noise(2'000'000, 1));
  if (status) status = file.finish();
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, testing::HasSubstr("No space left"));
}

}  // namespace
}  // namespace arcus::pack
