// What a bundle's binaries ask of a host, read from their ELF headers, so that a host that can't
// run them is found before anything is sent. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/pack/archive.h"

namespace arcus::pack {

struct Requirements {
  std::string architecture;  // as `uname -m` says it: "x86_64", "aarch64"
  std::string glibc;         // the lowest version they run with, "2.36"; empty: any
};

// Nothing for a file that is no ELF file.
Result<std::optional<Requirements>> elf_requirements(const std::string& path);

// Of all binaries in a package. Binaries of two architectures are an error; so is none at all.
Result<Requirements> requirements_of(const Items& items);

// "2.36" >= "2.4": numbers, not text.
bool version_at_least(std::string_view have, std::string_view need);

}  // namespace arcus::pack
