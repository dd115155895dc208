#include "daemon/command/command.h"
#include "daemon/command/verb_index.h"

namespace arcus::daemon {
namespace {

constexpr Command kCommands[] = {
    {"add", command_add, Shape::kValue},
    {"append", command_append, Shape::kValue},
    {"bop", command_bop, Shape::kCollection},
    {"cache_memlimit", command_cache_memlimit},
    {"cas", command_cas, Shape::kValue},
    {"cmdlog", command_cmdlog},
    {"config", command_config},
    {"decr", command_decr, Shape::kKey},
    {"delete", command_delete, Shape::kKey},
    {"dump", command_dump},
    {"flush_all", command_flush_all},
    {"flush_prefix", command_flush_prefix},
    {"gat", command_gat},
    {"gats", command_gats},
    {"get", command_get, Shape::kKeyList},
    {"getattr", command_getattr, Shape::kKey},
    {"gets", command_gets, Shape::kKeyList},
    {"help", command_help},
    {"incr", command_incr, Shape::kKey},
    {"lop", command_lop, Shape::kCollection},
    {"lqdetect", command_lqdetect},
    {"lru_crawler", command_lru_crawler},
    {"ma", command_ma, Shape::kKey},
    {"md", command_md, Shape::kKey},
    {"me", command_me, Shape::kKey},
    {"mg", command_mg, Shape::kKey},
    {"mget", command_mget, Shape::kBody},
    {"mgets", command_mgets, Shape::kBody},
    {"mn", command_mn},
    {"mop", command_mop, Shape::kCollection},
    {"ms", command_ms, Shape::kMetaValue},
    {"prepend", command_prepend, Shape::kValue},
    {"quit", command_quit},
    {"ready", command_ready},
    {"replace", command_replace, Shape::kValue},
    {"scan", command_scan},
    {"scrub", command_scrub},
    {"set", command_set, Shape::kValue},
    {"setattr", command_setattr, Shape::kKey},
    {"shutdown", command_shutdown},
    {"sop", command_sop, Shape::kCollection},
    {"stats", command_stats},
    {"touch", command_touch, Shape::kKey},
    {"verbosity", command_verbosity},
    {"version", command_version},
    {"zkensemble", command_zkensemble},
};

constexpr VerbIndex kIndex(kCommands);

}  // namespace

const Command* find_command(std::string_view verb) {
  return kIndex.find(kCommands, verb);
}

}  // namespace arcus::daemon
