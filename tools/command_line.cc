#include "tools/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <sstream>

#include "core/base/text.h"
#include "tools/exit_status.h"

namespace arcus::tools {
namespace {

void add_shared_options(CLI::App& app, Flags& flags) {
  app.add_option("-z,--zklist", flags.overrides.zklist,
                 "The ensemble, host:port,host:port,... (else $ARCUS_ZKLIST, arcus.json)")
      ->type_name("LIST");
  app.add_option("--config", flags.config, "The settings file, instead of looking for arcus.json")
      ->type_name("FILE");
  app.add_option_function<std::string>(
         "--format", [&flags](const std::string& format) { flags.json = format == "json"; },
         "How to answer: text (default) or json")
      ->check(CLI::IsMember({"text", "json"}).description(""))
      ->type_name("HOW");
  app.add_flag("--dry-run", flags.dry_run, "Print the plan that would run, and touch nothing");
  app.add_flag("-y,--yes", flags.yes, "Don't ask, go ahead");
  app.add_option("-j,--jobs", flags.jobs, "How many hosts to work on at once [64]")
      ->check(CLI::Range(1, 1024).description(""))
      ->type_name("N");
  app.add_option_function<int>(
         "--timeout", [&flags](int seconds) { flags.timeout = std::chrono::seconds(seconds); },
         "How long to wait for a state, in seconds [60]")
      ->check(CLI::Range(1, 86400).description(""))
      ->type_name("SECONDS");
  app.add_flag("-v,--verbose", flags.verbose, "Say more of what goes on");
  app.add_flag("-q,--quiet", flags.quiet, "Say nothing but results and errors");
  app.add_flag_function(
      "--no-color", [&flags](std::int64_t) { flags.color = false; }, "No colour (also $NO_COLOR)");
  app.add_option("-i,--identity", flags.overrides.identity, "SSH: the private key file")
      ->type_name("FILE");
  app.add_option("-u,--ssh-user", flags.overrides.ssh_user, "SSH: log in as this user")
      ->type_name("NAME");
  app.add_option("--ssh-port", flags.overrides.ssh_port, "SSH: the port of sshd")
      ->check(CLI::Range(1, 65535).description(""))
      ->type_name("PORT");
  app.add_option_function<std::string>(
         "--host-keys",
         [&flags](const std::string& text) {
           flags.overrides.host_keys = cluster::parse_host_keys(text);
         },
         "SSH: unknown hosts: accept-new (recorded, default), strict (refused), off")
      ->check(CLI::IsMember({"accept-new", "strict", "off"}).description(""))
      ->type_name("HOW");
}

// "arcus memcached start --node 10.0.0.1:11211 ruo91-cloud"
std::string example_of(const Command& command) {
  std::string text = "arcus ";
  if (!command.group.empty()) text += std::string(command.group) + " ";
  text += command.name;
  if ((command.options & kNode) != 0) text += " --node 10.0.0.1:11211";
  if ((command.options & kWrite) != 0) text += " --write";
  if (command.argument == Argument::kFile) text += " conf/ruo91.json";
  if (command.argument == Argument::kService) text += " ruo91-cloud";
  return text;
}

std::string footer_of(const Command& command) {
  const std::string_view page = command.group.empty() ? command.name : command.group;
  return "Example:\n  " + example_of(command) +
         "\n\nThe options that every command takes are in 'arcus --help'; 'man arcus-" +
         std::string(page) + "' tells the rest.";
}

void add_command(CLI::App& parent, const Command& command, Flags& flags, const Command*& chosen) {
  CLI::App* app = parent.add_subcommand(std::string(command.name), std::string(command.summary));
  app->fallthrough();
  app->footer(footer_of(command));
  app->callback([&command, &chosen] { chosen = &command; });
  if (command.argument == Argument::kFile) {
    app->add_option("conf_file", flags.file, "The cloud's JSON file")->required()->type_name("");
  } else if (command.argument == Argument::kService) {
    app->add_option("service_code", flags.service, "The cloud's name")->required()->type_name("");
  }
  if ((command.options & kNode) != 0) {
    app->add_option("--node", flags.nodes, "Only this node, ip:port; may be given again")
        ->type_name("IP:PORT");
  }
  if ((command.options & kPackage) != 0) {
    app->add_option("--package", flags.package, "Deploy this .tar.gz instead of the bundled engine")
        ->type_name("FILE");
  }
  if ((command.options & kForce) != 0) {
    app->add_flag("--force", flags.force, "Even while nodes are online or clients connected");
  }
  if ((command.options & kRolling) != 0) {
    app->add_option("--width", flags.width, "How many nodes at a time [1]")
        ->check(CLI::Range(1, 1000).description(""))
        ->type_name("N");
    app->add_flag("--canary", flags.canary, "The first node alone, watched for 10 seconds");
  }
  if ((command.options & kLog) != 0) {
    app->add_option("--lines", flags.lines, "How many lines of each log [20]")
        ->check(CLI::Range(0, 100000).description(""))
        ->type_name("N");
    app->add_flag("--follow", flags.follow, "Go on with what is written, until Ctrl-C");
  }
  if ((command.options & kWrite) != 0) {
    app->add_flag("--write", flags.write, "Store a key on every node and read it back");
  }
}

// The option by this name, of any command: it may stand where it is not taken.
const CLI::Option* option_named(const CLI::App& app, const std::string& name) {
  if (const auto* own = app.get_option_no_throw(name); own != nullptr) return own;
  for (const CLI::App* sub : app.get_subcommands({})) {
    if (const auto* found = option_named(*sub, name); found != nullptr) return found;
  }
  return nullptr;
}

// Words of the command line that are no options, nor the values of options.
std::vector<std::string> plain_words(const CLI::App& app, int argc, const char* const* argv) {
  std::vector<std::string> words;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (!word.starts_with('-') || word == "-") {
      words.push_back(word);
      continue;
    }
    const auto* option = option_named(app, word);
    if (option != nullptr && option->get_items_expected_min() > 0) ++i;
  }
  return words;
}

std::vector<std::string> verbs_of(std::string_view group) {
  std::vector<std::string> verbs;
  for (const auto& command : commands()) {
    if (command.group == group) verbs.emplace_back(command.name);
  }
  if (group.empty()) {
    for (const auto& one : groups()) verbs.emplace_back(one.name);
  }
  return verbs;
}

// The commands that this word is the verb of: "zookeeper start" and "memcached start" for "start".
std::vector<std::string> commands_with_verb(const std::string& word) {
  std::vector<std::string> found;
  for (const auto& command : commands()) {
    if (command.name == word) found.push_back(std::string(command.group) + " " + word);
  }
  return found;
}

// What a wrong word may have meant; empty when the words are fine.
std::string about_words(const std::vector<std::string>& words) {
  std::string group;
  for (const auto& word : words) {
    const auto known = verbs_of(group);
    if (std::find(known.begin(), known.end(), word) != known.end()) {
      const bool is_group = std::any_of(groups().begin(), groups().end(),
                                        [&](const Group& one) { return one.name == word; });
      if (!is_group || !group.empty()) return "";
      group = word;
      continue;
    }
    auto near = near_words(word, known);
    if (near.empty() && group.empty()) near = commands_with_verb(word);
    const std::string what = group.empty() ? "command" : "verb of 'arcus " + group + "'";
    return "'" + word + "' is no " + what +
           (near.empty() ? "; there are: " + join(known, ", ")
                         : "; did you mean '" + join(near, "' or '") + "'?");
  }
  const std::string what = group.empty() ? "a command" : "a verb after '" + group + "'";
  return what + " is missing; there are: " + join(verbs_of(group), ", ");
}

void add_option_names(const CLI::App& app, std::vector<std::string>& names) {
  for (const CLI::Option* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) {
      if (std::find(names.begin(), names.end(), "--" + name) == names.end()) {
        names.push_back("--" + name);
      }
    }
  }
  for (const CLI::App* sub : app.get_subcommands({})) add_option_names(*sub, names);
}

// The same for the first long option that no command has.
std::string about_options(const CLI::App& app, int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = split(argv[i], '=').front();
    if (!word.starts_with("--") || word == "--" || option_named(app, word) != nullptr) continue;
    std::vector<std::string> names;
    add_option_names(app, names);
    const auto near = near_words(word, names);
    return "'" + word + "' is no option" +
           (near.empty() ? "" : "; did you mean '" + join(near, "' or '") + "'?");
  }
  return "";
}

// What is wrong with the command line, better than CLI11 can say it; empty when that is best.
std::string better_said(const CLI::App& app, int argc, const char* const* argv) {
  std::string said = about_options(app, argc, argv);
  if (said.empty()) said = about_words(plain_words(app, argc, argv));
  return said;
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv) {
  CommandLine line;
  CLI::App app("arcus: deploys and runs Arcus cache clouds", "arcus");
  app.set_version_flag("--version", std::string("arcus ") + ARCUS_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  app.footer(
      "Examples:\n"
      "  arcus quicksetup conf/local.json          a cloud on this machine\n"
      "  arcus -z zk1:2181,zk2:2181,zk3:2181 deploy conf/ruo91.json\n"
      "  arcus memcached listall\n\n"
      "Settings come from arcus.json (see arcus.json(5)); 'man arcus' tells the rest.");
  add_shared_options(app, line.flags);
  for (const auto& command : commands()) {
    if (command.group.empty()) add_command(app, command, line.flags, line.command);
  }
  for (const auto& group : groups()) {
    CLI::App* sub = app.add_subcommand(std::string(group.name), std::string(group.summary));
    sub->require_subcommand(1);
    sub->fallthrough();
    sub->footer("Example:\n  " + std::string(group.example));
    for (const auto& command : commands()) {
      if (command.group == group.name) add_command(*sub, command, line.flags, line.command);
    }
  }

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out, err;
    const bool help = app.exit(error, out, err) == 0;
    line.command = nullptr;
    line.out = out.str();
    line.exit_status = help ? kOk : kUsage;
    if (!help) {
      const std::string hint = better_said(app, argc, argv);
      line.err = "arcus: " + (hint.empty() ? std::string(error.what()) : hint) +
                 "\nRun 'arcus --help' for the commands and options.\n";
    }
  }
  return line;
}

}  // namespace arcus::tools
