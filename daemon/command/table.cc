#include "daemon/command/command.h"
#include "daemon/command/verb_index.h"

namespace arcus::daemon {
namespace {

constexpr Command kCommands[] = {
    {"add", command_add, Shape::kValue, Permission::kKv},
    {"append", command_append, Shape::kValue, Permission::kKv},
    {"bop", command_bop, Shape::kCollection, Permission::kBtree},
    {"cache_memlimit", command_cache_memlimit, Shape::kOther, Permission::kAdmin},
    {"cas", command_cas, Shape::kValue, Permission::kKv},
    {"cmdlog", command_cmdlog, Shape::kOther, Permission::kAdmin},
    {"config", command_config, Shape::kOther, Permission::kAdmin},
    {"decr", command_decr, Shape::kKey, Permission::kKv},
    {"delete", command_delete, Shape::kKey, Permission::kAnyItem},
    {"dump", command_dump, Shape::kOther, Permission::kAdmin},
    {"flush_all", command_flush_all, Shape::kOther, Permission::kFlush},
    {"flush_prefix", command_flush_prefix, Shape::kOther, Permission::kFlush},
    {"gat", command_gat, Shape::kOther, Permission::kKv},
    {"gats", command_gats, Shape::kOther, Permission::kKv},
    {"get", command_get, Shape::kKeyList, Permission::kKv},
    {"getattr", command_getattr, Shape::kKey, Permission::kAttr},
    {"gets", command_gets, Shape::kKeyList, Permission::kKv},
    {"help", command_help},
    {"incr", command_incr, Shape::kKey, Permission::kKv},
    {"lop", command_lop, Shape::kCollection, Permission::kList},
    {"lqdetect", command_lqdetect, Shape::kOther, Permission::kAdmin},
    {"lru_crawler", command_lru_crawler, Shape::kOther, Permission::kAdmin},
    {"ma", command_ma, Shape::kKey, Permission::kKv},
    {"md", command_md, Shape::kKey, Permission::kAnyItem},
    {"me", command_me, Shape::kKey, Permission::kAttr},
    {"mg", command_mg, Shape::kKey, Permission::kKv},
    {"mget", command_mget, Shape::kBody, Permission::kKv},
    {"mgets", command_mgets, Shape::kBody, Permission::kKv},
    {"mn", command_mn},
    {"mop", command_mop, Shape::kCollection, Permission::kMap},
    {"ms", command_ms, Shape::kMetaValue, Permission::kKv},
    {"prepend", command_prepend, Shape::kValue, Permission::kKv},
    {"quit", command_quit},
    {"ready", command_ready},
    {"reload", command_reload, Shape::kOther, Permission::kAdmin},
    {"replace", command_replace, Shape::kValue, Permission::kKv},
    {"sasl", command_sasl},
    {"scan", command_scan, Shape::kOther, Permission::kScan},
    {"scrub", command_scrub, Shape::kOther, Permission::kAdmin},
    {"set", command_set, Shape::kValue, Permission::kKv},
    {"setattr", command_setattr, Shape::kKey, Permission::kAttr},
    {"shutdown", command_shutdown, Shape::kOther, Permission::kAdmin},
    {"sop", command_sop, Shape::kCollection, Permission::kSet},
    {"stats", command_stats},
    {"touch", command_touch, Shape::kKey, Permission::kAttr},
    {"verbosity", command_verbosity, Shape::kOther, Permission::kAdmin},
    {"version", command_version},
    {"zkensemble", command_zkensemble, Shape::kOther, Permission::kAdmin},
};

constexpr VerbIndex kIndex(kCommands);

}  // namespace

const Command* find_command(std::string_view verb) {
  return kIndex.find(kCommands, verb);
}

}  // namespace arcus::daemon
