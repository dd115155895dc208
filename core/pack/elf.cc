#include "core/pack/elf.h"

#include <elf.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

#include "core/base/text.h"

namespace arcus::pack {

namespace {

std::string machine_name(unsigned machine, bool is_64) {
  switch (machine) {
    case EM_X86_64:
      return "x86_64";
    case EM_AARCH64:
      return "aarch64";
    case EM_386:
      return "i686";
    case EM_ARM:
      return "armv7l";
    case EM_PPC64:
      return "ppc64le";
    case EM_S390:
      return is_64 ? "s390x" : "s390";
    case EM_RISCV:
      return is_64 ? "riscv64" : "riscv32";
    default:
      return "machine-" + std::to_string(machine);
  }
}

std::vector<std::uint64_t> numbers(std::string_view version) {
  std::vector<std::uint64_t> parts;
  for (const auto& part : split(version, '.')) parts.push_back(parse_number(part).value_or(0));
  return parts;
}

// The highest of the "GLIBC_2.xx" that the version table's strings hold.
std::string highest_glibc(std::string_view content) {
  constexpr std::string_view kTag = "GLIBC_";
  std::string highest;
  for (auto at = content.find(kTag); at != std::string_view::npos;
       at = content.find(kTag, at + 1)) {
    const auto start = at + kTag.size();
    const auto end = std::min(content.find_first_not_of("0123456789.", start), content.size());
    const std::string_view version = content.substr(start, end - start);
    // A whole C string, not a word in a message ("needs GLIBC_2.99 or"), nor GLIBC_PRIVATE.
    const bool whole =
        at > 0 && content[at - 1] == '\0' && end < content.size() && content[end] == '\0';
    if (!whole || version.empty()) continue;
    if (highest.empty() || !version_at_least(highest, version)) highest = version;
  }
  return highest;
}

}  // namespace

bool version_at_least(std::string_view have, std::string_view need) {
  const auto a = numbers(have);
  const auto b = numbers(need);
  return !std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

Result<std::optional<Requirements>> elf_requirements(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return errno_error("reading " + path, errno != 0 ? errno : EIO);
  // e_ident and e_machine are at the same place in 32 and 64 bits.
  Elf32_Ehdr header{};
  file.read(reinterpret_cast<char*>(&header), sizeof(header));
  if (file.gcount() < static_cast<std::streamsize>(sizeof(header)) ||
      std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
    return std::optional<Requirements>();
  }
  unsigned machine = header.e_machine;
  if (header.e_ident[EI_DATA] == ELFDATA2MSB) machine = __builtin_bswap16(header.e_machine);
  file.clear();
  file.seekg(0);
  const std::string content((std::istreambuf_iterator<char>(file)),
                            std::istreambuf_iterator<char>());
  return std::optional(Requirements{machine_name(machine, header.e_ident[EI_CLASS] == ELFCLASS64),
                                    highest_glibc(content)});
}

Result<Requirements> requirements_of(const Items& items) {
  Requirements all;
  std::string first;
  for (const auto& item : items) {
    if (item.source.empty()) continue;
    const auto one = elf_requirements(item.source);
    if (!one) return one.error();
    if (!one->has_value()) continue;
    const Requirements& needs = **one;
    if (all.architecture.empty()) {
      all.architecture = needs.architecture;
      first = item.path;
    } else if (all.architecture != needs.architecture) {
      return invalid(first + " is for " + all.architecture + ", but " + item.path + " for " +
                     needs.architecture + ": a package holds one architecture");
    }
    if (all.glibc.empty() || (!needs.glibc.empty() && !version_at_least(all.glibc, needs.glibc))) {
      all.glibc = needs.glibc;
    }
  }
  if (all.architecture.empty()) return invalid("there is no program in the package");
  return all;
}

}  // namespace arcus::pack
