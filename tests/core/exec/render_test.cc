#include "core/exec/render.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>

namespace arcus::exec {
namespace {

TEST(Render, EveryScriptHasATextAndTheSharedFunctions) {
  for (const char* name :
       {"probe_host", "deploy_prepare", "deploy_install", "deploy_switch", "deploy_cleanup",
        "zk_configure", "zk_start", "zk_stop", "node_start", "node_wait", "node_stop", "reach"}) {
    EXPECT_NE(render({name, {}}).find("take_lock()"), std::string::npos) << name;
  }
}

TEST(Render, ValuesCannotLeaveTheirQuotes) {
  const std::string evil = "a'; touch /tmp/owned; echo '$(id)\n`id`";
  const std::string text = render({"deploy_cleanup", {{"DIR", evil}}});
  // The shell itself is the judge: it must see the value just as it was.
  const std::string first = text.substr(0, text.find("# What every script"));
  const std::string command = first + "printf %s \"$DIR\"";
  FILE* file = std::tmpfile();
  std::fputs(command.c_str(), file);
  std::rewind(file);
  const std::string run = "sh /proc/self/fd/0 0<&" + std::to_string(fileno(file));
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(run.c_str(), "r"), pclose);
  char buffer[256] = {};
  const auto size = std::fread(buffer, 1, sizeof buffer, pipe.get());
  EXPECT_EQ(std::string(buffer, size), evil);
  std::fclose(file);
}

}  // namespace
}  // namespace arcus::exec
