// Clouds from files and znodes. A file is checked strictly and every complaint is told at once,
// each with its JSON path; a znode's document is other tools' too, so what can't be used in it
// becomes a warning. Pure but for load_cloud(); any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/cluster/model.h"

namespace arcus::cluster {

// `origin` names the text in messages.
Result<Cloud> parse_cloud(std::string_view text, const std::string& origin);
Result<Cloud> load_cloud(const std::string& path);

// The data of cache_list/<svc>: the cloud's document with "created" and, unless it is empty,
// "modified" (both as format_local_time writes them).
std::string document_for_znode(const Cloud& cloud, std::string_view created,
                               std::string_view modified = {});

// The cloud that cache_list/<service_code> holds. Never fails: a document that can't be read is a
// cloud without nodes and with a warning.
Cloud parse_cloud_znode(std::string_view data, const std::string& service_code);
// The same for the data of cache_server_mapping/<ip>:<port>; what it doesn't say has its default.
NodeConfig parse_mapping(std::string_view data);

std::string_view engine_name(EngineKind kind);  // as "engine" in a cloud's file

// The same JSON, whatever its blanks and the order of its keys; false when either isn't JSON.
bool same_json(std::string_view a, std::string_view b);

// Why this can't be a service code; nothing when it can.
std::optional<std::string> service_code_complaint(std::string_view code);
std::optional<std::string> hostname_complaint(std::string_view name);

}  // namespace arcus::cluster
