#include "daemon/config.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "core/base/text.h"

namespace arcus::daemon {
namespace {

Result<Config> parse(const std::string& line) {
  std::vector<std::string> words = split(line, ' ');
  words.insert(words.begin(), "arcus-memcached");
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return parse_command_line(static_cast<int>(words.size()), argv.data());
}

TEST(CommandLine, TakesWhatArcusShPasses) {
  const auto config = parse(
      "-u memcached -E /opt/lib/default_engine.so -X /opt/lib/syslog_logger.so -X "
      "/opt/lib/ascii_scrub.so -d -v -r -R5 -U 0 -D: -b 8192 -m100 -p 11212 -c 1000 -t 6 -z "
      "10.0.0.1:2181,10.0.0.2:2181");
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->user, "memcached");
  EXPECT_TRUE(config->scrub_commands);
  EXPECT_TRUE(config->daemonize);
  EXPECT_TRUE(config->core_dumps);
  EXPECT_EQ(config->verbosity, 1u);
  EXPECT_EQ(config->requests_per_event, 5u);
  EXPECT_EQ(config->prefix_delimiter, ':');
  EXPECT_EQ(config->backlog, 8192u);
  EXPECT_EQ(config->memory_mb, 100u);
  EXPECT_EQ(config->port, 11212);
  EXPECT_EQ(config->connections, 1000u);
  EXPECT_EQ(config->threads, 6u);
  EXPECT_EQ(config->zklist, "10.0.0.1:2181,10.0.0.2:2181");
  EXPECT_TRUE(config->notices.empty());
}

TEST(CommandLine, GivesTheLetterOBothItsMeanings) {
  EXPECT_EQ(parse("-o 45")->session_timeout, std::chrono::seconds(45));
  const auto words = parse("-o hashpower=20,no_modern");
  ASSERT_TRUE(words.ok());
  EXPECT_EQ(words->session_timeout, kSessionTimeout);
  EXPECT_EQ(words->notices.size(), 1u);
  EXPECT_FALSE(parse("-o 9").ok());
  EXPECT_FALSE(parse("-o 2001").ok());
}

TEST(CommandLine, TakesLongNamesAndClusters) {
  const auto config = parse("--port=1234 --memory-limit 32 -Mvvl127.0.0.1,::1 -I 2m");
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->port, 1234);
  EXPECT_EQ(config->memory_mb, 32u);
  EXPECT_FALSE(config->evict);
  EXPECT_EQ(config->verbosity, 2u);
  EXPECT_EQ(config->listen, (std::vector<std::string>{"127.0.0.1", "::1"}));
  EXPECT_EQ(config->value_limit, 2u << 20);
}

TEST(CommandLine, TakesMemcachedsOptionsThatHaveNoMeaningHere) {
  EXPECT_TRUE(parse("-f 1.25 -n 48 -C -W").ok());
  EXPECT_TRUE(parse("-f 1.25 -n 48 -C -W")->notices.empty());
  const auto told = parse("-L -N 2 -e /tmp/file -U 11211 -o modern");
  ASSERT_TRUE(told.ok());
  EXPECT_EQ(told->notices.size(), 5u);
}

TEST(CommandLine, SaysWhatIsWrongWithAValue) {
  const auto message = [](const std::string& line) {
    const auto config = parse(line);
    return config.ok() ? "" : config.error().message;
  };
  EXPECT_EQ(message("-p 70000"), "-p takes a number from 0 to 65535, not '70000'");
  EXPECT_EQ(message("-t 0"), "-t takes a number from 1 to 256, not '0'");
  EXPECT_EQ(message("-m"), "option -m needs a value");
  EXPECT_EQ(message("-~"), "unknown option -~; -h lists them all");
  EXPECT_EQ(message("--frob"), "unknown option --frob; -h lists them all");
  EXPECT_EQ(message("-S"), "");
  EXPECT_EQ(message("word"), "unexpected argument 'word'");
  for (const char* bad : {"-m -1", "-c 0", "-I 1", "-I 2g", "-I 1x", "-D ab", "-a 9", "-B binary",
                          "-g 65", "-I 64m", "-l a,,b", "-m 99999999999999999999"}) {
    EXPECT_NE(message(bad), "") << bad;
  }
}

TEST(CommandLine, HasEveryOptionInItsManPage) {
  std::ifstream file(ARCUS_SOURCE_DIR "/man/arcus-memcached.8");
  std::ostringstream text;
  text << file.rdbuf();
  const std::string man = text.str();
  int options = 0;
  for (const auto& line : lines(help_text())) {
    if (!line.starts_with("  -")) continue;
    ++options;
    const std::string letter = line.substr(3, 1);
    const auto name_end = line.find_first_of("= ", 8);
    std::string name;
    for (const char c : line.substr(8, name_end - 8)) name += c == '-' ? "\\-" : std::string(1, c);
    EXPECT_NE(man.find("\\fB\\-" + letter + "\\fR"), std::string::npos) << line;
    EXPECT_NE(man.find("\\fB\\-\\-" + name + "\\fR"), std::string::npos) << line;
  }
  EXPECT_GT(options, 30);
  std::size_t in_man = 0;
  for (auto at = man.find("\\fB\\-\\-"); at != std::string::npos;
       at = man.find("\\fB\\-\\-", at + 1)) {
    ++in_man;
  }
  EXPECT_EQ(in_man, static_cast<std::size_t>(options)) << "the page has an option too many";
}

}  // namespace
}  // namespace arcus::daemon
