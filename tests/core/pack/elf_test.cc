#include "core/pack/elf.h"

#include "tests/core/pack/pack_test.h"

namespace arcus::pack {
namespace {

using testing::HasSubstr;

TEST(Versions, AreComparedAsNumbers) {
  EXPECT_TRUE(version_at_least("2.36", "2.4"));
  EXPECT_TRUE(version_at_least("2.36", "2.36"));
  EXPECT_FALSE(version_at_least("2.4", "2.36"));
  EXPECT_TRUE(version_at_least("2.2.5", "2.2"));
}

TEST_F(PackTest, ReadsWhatABinaryNeeds) {
  const auto self = elf_requirements("/proc/self/exe");
  ASSERT_TRUE(self) << self.error().message;
  ASSERT_TRUE(self->has_value());
  EXPECT_THAT((*self)->architecture, testing::AnyOf("x86_64", "aarch64"));
  EXPECT_TRUE(version_at_least((*self)->glibc, "2.17")) << (*self)->glibc;
  EXPECT_FALSE(elf_requirements(write("script", "#!/bin/sh\n"))->has_value());
}

// An ELF file as far as we look at one.
std::string elf(unsigned char machine, const std::string& strings) {
  std::string header(64, '\0');
  header.replace(0, 7,
                 std::string("\x7f"
                             "ELF\x02\x01\x01",
                             7));
  header[18] = static_cast<char>(machine);
  return header + strings;
}

TEST_F(PackTest, NeedsWhatTheNewestOfItsBinariesNeeds) {
  write("b/bin/x", elf(62, std::string("\0GLIBC_2.4\0GLIBC_2.34\0GLIBC_PRIVATE\0", 37)));
  write("b/lib/y", elf(62, std::string("\0GLIBC_2.36\0wants GLIBC_2.99 or so\0", 36)));
  write("b/conf/z", "text");
  const auto needs = requirements_of(listed("b"));
  ASSERT_TRUE(needs) << needs.error().message;
  EXPECT_EQ(needs->architecture, "x86_64");
  EXPECT_EQ(needs->glibc, "2.36");
}

TEST_F(PackTest, HoldsOneArchitecture) {
  write("b/x", elf(62, ""));
  write("b/y", elf(183, ""));
  const auto needs = requirements_of(listed("b"));
  ASSERT_FALSE(needs);
  EXPECT_THAT(needs.error().message, HasSubstr("x is for x86_64, but y for aarch64"));
  write("c/x", "text");
  EXPECT_FALSE(requirements_of(listed("c")));
}

}  // namespace
}  // namespace arcus::pack
