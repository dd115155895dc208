#include "daemon/supervisor/records.h"

#include <nlohmann/json.hpp>

#include "core/base/text.h"

namespace arcus::daemon {
namespace {

using Json = nlohmann::ordered_json;

// Arguments and log lines may hold any bytes; JSON only UTF-8.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json status_fields(const NodeStatus& status) {
  return Json{{"node", status.node},
              {"service", status.service},
              {"state", state_name(status.state)},
              {"since", status.since},
              {"pid", status.engine.pid},
              {"start_time", status.engine.start_time},
              {"supervisor_pid", status.supervisor.pid},
              {"session", status.session},
              {"znode", status.znode},
              {"trouble", status.trouble},
              {"restarts", status.restarts},
              {"failures", status.failures},
              {"last_exit", status.last_exit},
              {"last_died", status.last_died},
              {"last_words", status.last_words},
              {"retry_at", status.retry_at},
              {"release", status.release},
              {"argv", status.argv},
              {"log", status.log}};
}

Result<NodeStatus> read_status(const Json& json) {
  NodeStatus status;
  const std::string name = json.at("state");
  const auto state = parse_state(name);
  if (!state) return invalid("state: unknown state \"" + name + "\"");
  status.state = *state;
  json.at("node").get_to(status.node);
  json.at("service").get_to(status.service);
  json.at("release").get_to(status.release);
  json.at("argv").get_to(status.argv);
  json.at("log").get_to(status.log);
  json.at("since").get_to(status.since);
  json.at("pid").get_to(status.engine.pid);
  json.at("start_time").get_to(status.engine.start_time);
  json.at("supervisor_pid").get_to(status.supervisor.pid);
  json.at("supervisor_start_time").get_to(status.supervisor.start_time);
  json.at("boot_id").get_to(status.boot_id);
  json.at("ready_pipe").get_to(status.ready_pipe);
  json.at("session").get_to(status.session);
  json.at("znode").get_to(status.znode);
  json.at("restarts").get_to(status.restarts);
  json.at("failures").get_to(status.failures);
  json.at("last_exit").get_to(status.last_exit);
  json.at("retry_at").get_to(status.retry_at);
  // A supervisor of an earlier release doesn't write these.
  status.said_ready = json.value("said_ready", status.state == State::kReady);
  status.trouble = json.value("trouble", "");
  status.last_died = json.value("last_died", status.last_died);
  status.last_words = json.value("last_words", status.last_words);
  return status;
}

Result<Spec> read_spec(const Json& json) {
  Spec spec;
  json.at("node").get_to(spec.node);
  json.at("service").get_to(spec.service);
  json.at("release").get_to(spec.release);
  json.at("user").get_to(spec.user);
  json.at("argv").get_to(spec.argv);
  json.at("env").get_to(spec.env);
  json.at("nofile").get_to(spec.nofile);
  spec.grace = std::chrono::milliseconds(json.at("grace_ms").get<std::int64_t>());
  json.at("log_bytes").get_to(spec.log_bytes);
  // A start of an earlier release doesn't write these.
  spec.engine = json.value("engine", spec.engine);
  spec.zklist = json.value("zklist", spec.zklist);
  if (json.contains("core")) spec.core = json.at("core").get<std::uint64_t>();
  spec.memory_max = json.value("memory_max", spec.memory_max);
  spec.oom_score_adj = json.value("oom_score_adj", spec.oom_score_adj);
  spec.probe = json.value("probe", spec.probe);
  spec.hang = std::chrono::milliseconds(json.value("hang_ms", spec.hang.count()));
  spec.start_limit =
      std::chrono::milliseconds(json.value("start_limit_ms", spec.start_limit.count()));
  if (spec.argv.empty()) return invalid("argv: names no program");
  return spec;
}

// The one place where the JSON library's exceptions end.
template <typename T>
Result<T> decode(std::string_view text, Result<T> (*read)(const Json&)) {
  try {
    return read(Json::parse(text));
  } catch (const nlohmann::json::exception& e) {
    return invalid(e.what());
  }
}

}  // namespace

std::string encode_spec(const Spec& spec) {
  Json json = {{"node", spec.node},
               {"service", spec.service},
               {"release", spec.release},
               {"engine", spec.engine},
               {"zklist", spec.zklist},
               {"user", spec.user},
               {"argv", spec.argv},
               {"env", spec.env},
               {"nofile", spec.nofile},
               {"memory_max", spec.memory_max},
               {"oom_score_adj", spec.oom_score_adj},
               {"grace_ms", spec.grace.count()},
               {"probe", spec.probe},
               {"hang_ms", spec.hang.count()},
               {"start_limit_ms", spec.start_limit.count()},
               {"log_bytes", spec.log_bytes}};
  if (spec.core) json["core"] = *spec.core;
  return dump(json) + "\n";
}

Result<Spec> decode_spec(std::string_view text) {
  return decode<Spec>(text, read_spec);
}

std::string encode_status(const NodeStatus& status) {
  Json json = status_fields(status);
  json["supervisor_start_time"] = status.supervisor.start_time;
  json["boot_id"] = status.boot_id;
  json["ready_pipe"] = status.ready_pipe;
  json["said_ready"] = status.said_ready;
  return dump(json) + "\n";
}

Result<NodeStatus> decode_status(std::string_view text) {
  return decode<NodeStatus>(text, read_status);
}

std::string_view want_name(Want want) {
  switch (want) {
    case Want::kDown:
      return "down";
    case Want::kUp:
      return "up";
    case Want::kOnce:
      return "once";
    case Want::kPaused:
      return "paused";
  }
  return "";
}

std::string encode_wish(const Wish& wish) {
  std::string text(want_name(wish.want));
  if (wish.grace) text += " " + std::to_string(wish.grace->count());
  return text + "\n";
}

Result<Wish> decode_wish(std::string_view text) {
  const auto words = split(trim(text), ' ');
  for (const Want want : {Want::kDown, Want::kUp, Want::kOnce, Want::kPaused}) {
    if (words[0] != want_name(want)) continue;
    if (words.size() == 1) return Wish{want, {}};
    const auto grace = words.size() == 2 ? parse_number(words[1]) : std::nullopt;
    if (want == Want::kDown && grace) return Wish{want, std::chrono::milliseconds(*grace)};
  }
  return invalid("expected \"up\", \"once\", \"paused\" or \"down [milliseconds]\", not \"" +
                 std::string(trim(text)) + "\"");
}

std::string encode_view(const StatusView& view) {
  Json json = status_fields(view.status);
  json["wanted"] = want_name(view.wanted);
  json["supervisor_alive"] = view.supervisor_alive;
  if (view.already) json["already"] = *view.already;
  if (view.adopted) json["adopted"] = true;
  if (view.log_lines) json["log_lines"] = *view.log_lines;
  if (!view.error.empty()) json["error"] = view.error;
  return dump(json);
}

std::optional<ReadyLine> parse_ready_line(std::string_view line) {
  const auto words = split(trim(line), ' ');
  if (words[0] != "ready") return std::nullopt;
  ReadyLine ready;
  if (words.size() > 1 && words[1] != "0" && words[1] != "0x0") {
    ready.session = words[1].starts_with("0x") ? words[1] : "0x" + words[1];
  }
  if (words.size() > 2 && words[2] != "-") ready.znode = words[2];
  return ready;
}

}  // namespace arcus::daemon
