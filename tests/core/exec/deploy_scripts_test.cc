// The scripts that install a release, run on this machine in a directory of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "core/exec/local_transport.h"
#include "core/exec/render.h"

namespace arcus::exec {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class DeployScripts : public testing::Test {
 protected:
  DeployScripts() {
    std::string name = "/tmp/arcus-deploy-XXXXXX";
    dir_ = mkdtemp(name.data());
    for (const auto* folder : {"releases", "incoming", "run/10.0.0.1:1"}) {
      fs::create_directories(dir_ / folder);
    }
  }
  ~DeployScripts() override { fs::remove_all(dir_); }

  CommandResult shell(const std::string& text) {
    auto result = LocalTransport(cancel_).run({"cd '" + dir_.string() + "'\n" + text});
    EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().message);
    return result.ok() ? *result : CommandResult{};
  }
  // A package with these contents as it lies there after its upload; its SHA-256.
  std::string upload(const std::string& release, const std::string& token) {
    return shell("mkdir -p made/bin && echo " + release +
                 " >made/bin/engine && echo x >made/MANIFEST && tar -C made -czf incoming/" +
                 release + "." + token + " . && sha256sum <incoming/" + release + "." + token +
                 " | cut -c -64 | tr -d '\\n'")
        .out;
  }
  CommandResult install(const std::string& release, const std::string& token,
                        const std::string& sum) {
    return run({"deploy_install",
                {{"DIR", dir_.string()},
                 {"RELEASE", release},
                 {"PACKAGE", (dir_ / "incoming" / (release + "." + token)).string()},
                 {"SHA256", sum},
                 {"KEEP", "1"},
                 {"RUN_USER", ""}}});
  }
  CommandResult run(const plan::Script& script) { return shell(render(script)); }
  void deploy(const std::string& release) {
    const auto result = install(release, "t", upload(release, "t"));
    EXPECT_EQ(result.exit_status, 0) << result.err;
  }

  std::string current() const {
    std::error_code none;
    return fs::read_symlink(dir_ / "current", none).string();
  }
  std::vector<std::string> names(const std::string& folder) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(dir_ / folder)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }
  void touch(const std::string& path) { std::ofstream(dir_ / path) << "x"; }

  Cancel cancel_;
  fs::path dir_;
};

TEST_F(DeployScripts, UnpackAndSwitch) {
  deploy("r1");
  EXPECT_EQ(current(), "releases/r1");
  EXPECT_TRUE(fs::exists(dir_ / "current/bin/engine"));
  EXPECT_THAT(names("incoming"), IsEmpty());
  EXPECT_THAT(names("releases"), UnorderedElementsAre("r1"));
}

TEST_F(DeployScripts, APackageThatArrivedDamagedChangesNothing) {
  deploy("r1");
  const std::string sum = upload("r2", "t");
  // Cut off, and with a byte changed in the middle.
  for (const auto* harm :
       {"truncate -s -20 incoming/r2.t",
        "printf X | dd of=incoming/r2.t bs=1 seek=60 conv=notrunc 2>/dev/null"}) {
    upload("r2", "t");
    shell(harm);
    const auto result = install("r2", "t", sum);
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_THAT(result.err, testing::StartsWith("the package arrived damaged"));
    EXPECT_EQ(current(), "releases/r1");
    EXPECT_THAT(names("releases"), UnorderedElementsAre("r1"));
  }
}

TEST_F(DeployScripts, APackageThatDoesNotUnpackSaysWhy) {
  touch("incoming/r1.t");
  const auto sum = shell("sha256sum <incoming/r1.t | cut -c -64 | tr -d '\\n'").out;
  const auto result = install("r1", "t", sum);
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("cannot unpack the package"));
  EXPECT_THAT(result.err, HasSubstr("gzip"));
  EXPECT_THAT(names("releases"), IsEmpty());
  EXPECT_EQ(current(), "");
}

TEST_F(DeployScripts, AReleaseThatIsThereIsNotWrittenAgain) {
  deploy("r1");
  const auto before = fs::last_write_time(dir_ / "releases/r1");
  const auto result = install("r1", "other", upload("r1", "other"));
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(fs::last_write_time(dir_ / "releases/r1"), before);
  EXPECT_THAT(names("incoming"), IsEmpty());
}

TEST_F(DeployScripts, ABrokenReleaseIsReplaced) {
  fs::create_directories(dir_ / "releases/r1/bin");
  deploy("r1");
  EXPECT_TRUE(fs::exists(dir_ / "releases/r1/MANIFEST"));
}

TEST_F(DeployScripts, WhatIsLeftOfRunsThatWereCutShortIsSweptAway) {
  fs::create_directories(dir_ / "releases/.staging-r0.dead/bin");
  fs::create_symlink("releases/r0", dir_ / ".current.new-r0.dead");
  touch("incoming/r0.dead");
  touch("incoming/r0.living");
  shell("touch -d '2 hours ago' incoming/r0.dead");
  deploy("r1");
  EXPECT_THAT(names("releases"), UnorderedElementsAre("r1"));
  EXPECT_THAT(names("incoming"), UnorderedElementsAre("r0.living"));
  EXPECT_FALSE(fs::is_symlink(dir_ / ".current.new-r0.dead"));
}

TEST_F(DeployScripts, CleaningUpTouchesNothingOfAnotherOperator) {
  for (const auto* whose : {"mine", "theirs"}) {
    fs::create_directories(dir_ / ("releases/.staging-r1." + std::string(whose)));
    fs::create_symlink("releases/r1", dir_ / (".current.new-r1." + std::string(whose)));
    touch("incoming/r1." + std::string(whose));
  }
  run({"deploy_cleanup",
       {{"DIR", dir_.string()}, {"PACKAGE", (dir_ / "incoming/r1.mine").string()}}});
  EXPECT_THAT(names("releases"), UnorderedElementsAre(".staging-r1.theirs"));
  EXPECT_THAT(names("incoming"), UnorderedElementsAre("r1.theirs"));
  EXPECT_FALSE(fs::is_symlink(dir_ / ".current.new-r1.mine"));
  EXPECT_TRUE(fs::is_symlink(dir_ / ".current.new-r1.theirs"));
}

TEST_F(DeployScripts, OldReleasesGoButNoneThatIsInUse) {
  deploy("used");
  std::ofstream(dir_ / "run/10.0.0.1:1/spec.json")
      << "{\"argv\":[\"" << dir_.string() << "/releases/used/bin/engine\"]}";
  for (const auto* release : {"r1", "r2", "r3"}) {
    deploy(release);
    shell("touch -d '1 hour ago' releases/*");  // two in one second have no order
  }
  EXPECT_THAT(names("releases"), testing::IsSupersetOf({"used", "r3"}));
  EXPECT_EQ(names("releases").size(), 3u);
}

TEST_F(DeployScripts, SwitchingGoesToAReleaseThatIsThereOnly) {
  deploy("r1");
  deploy("r2");
  const auto to = [&](const std::string& release) {
    return run({"deploy_switch", {{"DIR", dir_.string()}, {"RELEASE", release}}}).exit_status;
  };
  EXPECT_EQ(to("r1"), 0);
  EXPECT_EQ(current(), "releases/r1");
  EXPECT_EQ(to("r1"), plan::kExitUnchanged);
  EXPECT_EQ(to("r9"), 1);
  EXPECT_EQ(current(), "releases/r1");
}

}  // namespace
}  // namespace arcus::exec
