#include "tools/packager.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "core/pack/elf.h"

namespace arcus::tools {
namespace {

namespace fs = std::filesystem;

// Beside the program: build/tools/arcus has build/bundle, /usr/bin/arcus has /usr/lib/arcus/bundle.
Result<std::string> find_bundle(const std::string& set) {
  if (!set.empty()) return set;
  std::error_code error;
  const fs::path here = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const auto* place : {"../bundle", "../lib/arcus/bundle"}) {
    const fs::path bundle = (here / place).lexically_normal();
    if (fs::exists(bundle / "bin", error)) return bundle.string();
  }
  return Error{ErrorCode::kInvalid,
               "there is no bundle to deploy beside " + here.string() +
                   ": build the target 'bundle', or set \"bundle\" to its directory",
               false};
}

Result<std::string> make_scratch() {
  const char* parent = std::getenv("TMPDIR");
  std::string name = std::string(parent == nullptr ? "/tmp" : parent) + "/arcus-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) return errno_error("making " + name, errno);
  return name;
}

std::string random_token() {
  std::random_device random;
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%08x", static_cast<unsigned>(random()));
  return text.data();
}

// A file that the operator named: also one that isn't there is wrong input.
Error bad_input(Error error) {
  error.code = ErrorCode::kInvalid;
  return error;
}

plan::Release describe(const pack::Items& items) {
  plan::Release release;
  release.name = pack::release_name(ARCUS_VERSION, pack::manifest(items));
  release.unpacked = pack::unpacked_bytes(items);
  release.bytes = release.unpacked;  // an upper bound until it is packed
  return release;
}

}  // namespace

Packager::Packager(Packager&& other) noexcept
    : scratch_(std::exchange(other.scratch_, {})),
      cache_items_(std::move(other.cache_items_)),
      zookeeper_items_(std::move(other.zookeeper_items_)),
      input_(std::move(other.input_)) {}

Packager::~Packager() {
  std::error_code ignored;
  if (!scratch_.empty()) fs::remove_all(scratch_, ignored);
}

Result<Packager> Packager::open(const std::string& bundle_set, const std::string& package) {
  Packager packager;
  auto scratch = make_scratch();
  if (!scratch.ok()) return scratch.error();
  packager.scratch_ = *scratch;
  auto bundle = find_bundle(bundle_set);
  if (!bundle.ok()) return bundle.error();
  auto items = pack::list_directory(*bundle);
  if (!items.ok()) return items.error().in("bundle " + *bundle);

  packager.zookeeper_items_ = *items;
  if (!package.empty()) {
    // Somebody's engine, our supervisor.
    const std::string unpacked = packager.scratch_ + "/foreign";
    fs::create_directory(unpacked);
    auto foreign = pack::unpack_foreign(package, unpacked);
    if (!foreign.ok()) return bad_input(foreign.error().in(package));
    auto complete = pack::complete_foreign(*foreign, *items);
    if (!complete.ok()) return bad_input(complete.error().in(package));
    packager.zookeeper_items_ = *std::move(complete);
  }
  packager.cache_items_ = pack::select(packager.zookeeper_items_, pack::without_zookeeper);

  auto needs = pack::requirements_of(packager.cache_items_);
  if (!needs.ok()) return needs.error().in("package");
  plan::DeployInput& input = packager.input_;
  input.arch = needs->architecture;
  input.glibc = needs->glibc;
  input.cache = describe(packager.cache_items_);
  input.zookeeper = describe(packager.zookeeper_items_);
  input.token = random_token();
  return packager;
}

Status Packager::pack(const pack::Items& items, plan::Release& release, const Cancel& cancel) {
  auto package = pack::write_package(items, scratch_ + "/" + release.name + ".tar.gz", &cancel);
  if (!package.ok()) return package.error();
  release.package = package->path;
  release.sha256 = package->sha256;
  release.bytes = package->bytes;
  return {};
}

Status Packager::pack(bool cache, bool zookeeper, const Cancel& cancel) {
  if (cache) {
    if (auto packed = pack(cache_items_, input_.cache, cancel); !packed.ok()) return packed;
  }
  if (zookeeper) return pack(zookeeper_items_, input_.zookeeper, cancel);
  return {};
}

}  // namespace arcus::tools
