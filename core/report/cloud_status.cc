#include "core/report/cloud_status.h"

#include <map>

#include "core/arcus/names.h"
#include "core/cluster/load.h"
#include "core/report/table.h"

namespace arcus::report {
namespace {

std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : text;
}

std::string painted(const CloudStatus& cloud, const std::string& text, const Style& style) {
  if (cloud.status() == "OK") return style.good(text);
  return cloud.status() == "DOWN" ? style.bad(text) : style.warn(text);
}

nlohmann::ordered_json supervisor_json(const plan::NodeFacts& node) {
  return {{"state", node.state},         {"wanted", node.wanted},
          {"since", node.since},         {"restarts", node.restarts},
          {"last_died", node.last_died}, {"last_exit", node.last_exit},
          {"trouble", node.trouble},     {"last_words", node.last_words},
          {"retry_at", node.retry_at},   {"release", node.release},
          {"supervised", node.supervised}};
}

}  // namespace

std::string_view CloudStatus::status() const {
  if (online.empty()) return "DOWN";
  return offline.empty() ? "OK" : "SOME_DOWN";
}

CloudStatus cloud_status(const plan::RegistryFacts& facts, const plan::CloudFacts& cloud) {
  CloudStatus status;
  const auto document = cluster::parse_cloud_znode(cloud.document, cloud.service);
  status.service = cloud.service;
  status.created = document.created;
  status.modified = document.modified;

  std::map<std::string, std::string> present;  // address -> host name
  for (const auto& child : cloud.children) {
    const auto name = parse_node_name(child.name);
    present[std::string(node_address(child.name))] = name ? name->hostname : "";
  }
  std::map<std::string, std::string> declared;
  for (const auto& node : document.nodes) declared[node.address()] = node.hostname;
  for (const auto& address : facts.mapped_to(cloud.service)) {
    const auto seen = present.find(address);
    if (seen == present.end()) {
      status.offline.push_back({address, declared[address], "", "offline"});
    } else {
      status.online.push_back({address, seen->second, "", "online"});
      present.erase(seen);
    }
  }
  for (const auto& [address, hostname] : present)
    status.undefined.push_back({address, hostname, "", "undefined"});
  return status;
}

std::string clouds_text(const std::vector<CloudStatus>& clouds, const Style& style) {
  Table table({"serviceCode", "status", ">total", ">online", ">offline", ">undefined", "created",
               "modified"});
  for (const auto& cloud : clouds) {
    table.add({cloud.service, std::string(cloud.status()), std::to_string(cloud.total()),
               std::to_string(cloud.online.size()), std::to_string(cloud.offline.size()),
               std::to_string(cloud.undefined.size()), or_dash(cloud.created),
               or_dash(cloud.modified)});
  }
  std::string text = table.text();
  if (!style.color) return text;
  // Whole lines are painted: a cell's escape codes would upset the widths.
  const auto first = text.find('\n') + 1;
  std::string painted_text = style.bold(text.substr(0, first - 1)) + "\n";
  std::size_t at = first;
  for (const auto& cloud : clouds) {
    const auto end = text.find('\n', at);
    painted_text += painted(cloud, text.substr(at, end - at), style) + "\n";
    at = end + 1;
  }
  return painted_text;
}

std::string nodes_text(const CloudStatus& cloud, const Style& style) {
  std::string text;
  const auto section = [&](const std::string& title, const std::vector<CloudStatus::Node>& nodes) {
    if (nodes.empty()) return;
    text += "\n" + title + "\n";
    std::size_t width = 0;
    for (const auto& node : nodes) width = std::max(width, node.address.size());
    for (const auto& node : nodes) {
      const std::string padding(width - node.address.size(), ' ');
      text += "  " + node.address + padding + "  " + or_dash(node.hostname);
      text += node.note.empty() ? "\n" : "  " + style.dim(node.note) + "\n";
    }
  };
  section(style.good("Online"), cloud.online);
  section(style.bad("Offline"), cloud.offline);
  section(style.warn("Undefined (in cache_list, but not registered)"), cloud.undefined);
  if (cloud.contradictions.empty()) return text;
  text += "\n" + style.warn("Contradictions") + "\n";
  for (const auto& line : cloud.contradictions) text += "  " + line + "\n";
  return text;
}

nlohmann::ordered_json cloud_json(const CloudStatus& cloud) {
  const auto nodes = [](const std::vector<CloudStatus::Node>& list) {
    nlohmann::ordered_json array = nlohmann::ordered_json::array();
    for (const auto& node : list) {
      array.push_back(
          {{"address", node.address}, {"hostname", node.hostname}, {"state", node.state}});
      if (!node.note.empty()) array.back()["note"] = node.note;
      if (node.supervisor) array.back()["supervisor"] = supervisor_json(*node.supervisor);
    }
    return array;
  };
  nlohmann::ordered_json json = {
      {"serviceCode", cloud.service},    {"status", cloud.status()},
      {"total", cloud.total()},          {"created", cloud.created},
      {"modified", cloud.modified},      {"online", nodes(cloud.online)},
      {"offline", nodes(cloud.offline)}, {"undefined", nodes(cloud.undefined)}};
  if (cloud.hosts_asked) json["contradictions"] = cloud.contradictions;
  return json;
}

}  // namespace arcus::report
