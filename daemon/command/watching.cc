// cmdlog, lqdetect: watching what clients ask for.
#include "daemon/command/watching.h"

#include <string>

#include "daemon/command/command.h"

namespace arcus::daemon {
namespace {

constexpr std::size_t kMostFolder = 128;

Progress start_log(Call& call, std::string_view folder) {
  if (folder.size() > kMostFolder) {
    return say(call, "\tcommand logging failed to start, path exceeds 128.\n\r\n");
  }
  Engine& engine = call.engine;
  const auto ended = [&engine] { engine.set_attention(Engine::kCommandLog, false); };
  const std::string where = folder.empty() ? "command_log" : std::string(folder);
  switch (engine.command_log().start(where, engine.config().port, ended)) {
    case CommandLog::Start::kRunning:
      return say(call, "\tcommand logging already started.\n\r\n");
    case CommandLog::Start::kFailed:
      return say(call, "\tcommand logging failed to start.\n\r\n");
    case CommandLog::Start::kStarted:
      break;
  }
  call.attention = engine.set_attention(Engine::kCommandLog, true);
  return say(call, "\tcommand logging started.\n\r\n");
}

Progress start_detection(Call& call, std::string_view word) {
  const auto threshold = parse_u32(word.empty() ? "0" : word);
  if (!threshold) return say(call, kBadLine);
  if (!call.engine.long_queries().start(*threshold)) {
    return say(call, "\tlong query detection already started.\n\r\n");
  }
  call.attention = call.engine.set_attention(Engine::kLongQueries, true);
  return say(call, "\tlong query detection started.\n\r\n");
}

}  // namespace

Progress command_cmdlog(Call& call, const Request& request) {
  Words words(request.arguments);
  const std::string_view what = words.next();
  Engine& engine = call.engine;
  if (what == "start") return start_log(call, words.next());
  if (what == "stop") {
    const bool stopped = engine.command_log().stop();
    if (stopped) call.attention = engine.set_attention(Engine::kCommandLog, false);
    return say(call, stopped ? "\tcommand logging stopped.\n\r\n"
                             : "\tcommand logging already stopped.\n\r\n");
  }
  if (what == "stats") return say(call, engine.command_log().stats_text());
  if (what == "filter") return filter_command_log(call, words);
  return say(call,
             "\t* Usage: cmdlog [start [path] | stop | stats |"
             " filter [add | remove | list]]\n\r\n");
}

Progress command_lqdetect(Call& call, const Request& request) {
  Words words(request.arguments);
  const std::string_view what = words.next();
  Engine& engine = call.engine;
  if (what == "start") return start_detection(call, words.next());
  if (what == "stop") {
    const bool stopped = engine.long_queries().stop();
    if (stopped) call.attention = engine.set_attention(Engine::kLongQueries, false);
    return say(call, stopped ? "\tlong query detection stopped.\n\r\n"
                             : "\tlong query detection already stopped.\n\r\n");
  }
  if (what == "show") return say(call, engine.long_queries().show_text());
  if (what == "stats") return say(call, engine.long_queries().stats_text());
  return say(call, "\t* Usage: lqdetect [start [threshold] | stop | show | stats]\n\r\n");
}

}  // namespace arcus::daemon
