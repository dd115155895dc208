// help: the syntax of all commands, in groups.
#include <algorithm>

#include "daemon/command/command.h"

namespace arcus::daemon {
namespace {

struct Group {
  std::string_view name;   // as the program of old calls it
  std::string_view alias;  // as its documentation does
  std::string_view text;
};

#define ATTRIBUTES                                                                             \
  "\n\tattributes: <flags> [<exptime> [<maxcount> [<overflow action>] [unreadable]]]\n"

constexpr Group kGroups[] = {
    {"kv", "",
     "\tset|add|replace|append|prepend <key> <flags> <exptime> <bytes> [noreply], <data>\n"
     "\tcas <key> <flags> <exptime> <bytes> <cas id> [noreply], <data>\n"
     "\tget|gets <key> ...\n"
     "\tgat|gats <exptime> <key> ...\n"
     "\tmget|mgets <lenkeys> <numkeys>, <keys with a blank between two>\n"
     "\tincr|decr <key> <delta> [<flags> <exptime> <initial>] [noreply]\n"
     "\tdelete <key> [noreply]\n"
     "\ttouch <key> <exptime> [noreply]\n"
     "\tmg|ms|md|ma|me|mn: memcached's meta commands\n"},
    {"list", "lop",
     "\tlop create <key> <attributes> [noreply]\n"
     "\tlop insert <key> <index> <bytes> [create <attributes>] [noreply|pipe], <data>\n"
     "\tlop delete <key> <index or range> [drop] [noreply|pipe]\n"
     "\tlop get <key> <index or range> [delete|drop]\n" ATTRIBUTES},
    {"set", "sop",
     "\tsop create <key> <attributes> [noreply]\n"
     "\tsop insert <key> <bytes> [create <attributes>] [noreply|pipe], <data>\n"
     "\tsop delete <key> <bytes> [drop] [noreply|pipe], <data>\n"
     "\tsop get <key> <count> [delete|drop]\n"
     "\tsop exist <key> <bytes> [pipe], <data>\n" ATTRIBUTES},
    {"map", "mop",
     "\tmop create <key> <attributes> [noreply]\n"
     "\tmop insert|upsert <key> <field> <bytes> [create <attributes>] [noreply|pipe], <data>\n"
     "\tmop update <key> <field> <bytes> [noreply|pipe], <data>\n"
     "\tmop delete <key> <lenfields> <numfields> [drop] [noreply|pipe], <fields>\n"
     "\tmop get <key> <lenfields> <numfields> [delete|drop], <fields>\n" ATTRIBUTES},
    {"btree", "bop",
     "\tbop create <key> <attributes> [noreply]\n"
     "\tbop insert|upsert <key> <bkey> [<eflag>] <bytes> [create <attributes>]"
     " [noreply|pipe|getrim], <data>\n"
     "\tbop update <key> <bkey> [[<offset> <bitwise operator>] <eflag>] <bytes> [noreply|pipe],"
     " <data>\n"
     "\tbop delete <key> <bkey or range> [<filter>] [<count>] [drop] [noreply|pipe]\n"
     "\tbop get <key> <bkey or range> [<filter>] [[<offset>] <count>] [delete|drop]\n"
     "\tbop count <key> <bkey or range> [<filter>]\n"
     "\tbop incr|decr <key> <bkey> <delta> [<initial> [<eflag>]] [noreply|pipe]\n"
     "\tbop mget <lenkeys> <numkeys> <bkey or range> [<filter>] [<offset>] <count>, <keys>\n"
     "\tbop smget <lenkeys> <numkeys> <bkey or range> [<filter>] <count> [duplicate|unique],"
     " <keys>\n"
     "\tbop position <key> <bkey> <order>\n"
     "\tbop pwg <key> <bkey> <order> [<count>]\n"
     "\tbop gbp <key> <order> <position or range>\n" ATTRIBUTES
     "\tfilter: <offset> [<bitwise operator> <operand>] <comparison> <value>[,<value> ...]\n"
     "\tbitwise operators: & | ^; comparisons: EQ NE LT LE GT GE\n"},
    {"attr", "",
     "\tgetattr <key> [<name> ...]\n"
     "\tsetattr <key> <name>=<value> ...\n"},
    {"scan", "",
     "\tscan key <cursor> [count <count>] [match <pattern>] [type A|K|L|S|M|B]\n"
     "\tscan prefix <cursor> [count <count>] [match <pattern>]\n"},
    {"admin", "etc",
     "\tflush_all [<delay>] [noreply]\n"
     "\tflush_prefix <prefix> [<delay>] [noreply]\n"
     "\tscrub [stale]\n"
     "\tstats [settings|items|slabs|sizes|conns|prefixes|zookeeper|scrub|dump|reset]\n"
     "\tstats prefixlist item|operation [<prefix> ...]\n"
     "\tstats detail on|off|dump\n"
     "\tstats cachedump <class> <limit> [forward|backward [sticky]]\n"
     "\tconfig verbosity|memlimit|maxconns [<number>]\n"
     "\tconfig zkfailstop [on|off]\n"
     "\tconfig auth [on]\n"
     "\tconfig hbtimeout|hbfailstop [<milliseconds>]\n"
     "\tconfig max_list_size|max_set_size|max_map_size|max_btree_size [<elements>]\n"
     "\tconfig max_element_bytes [<bytes>]\n"
     "\tconfig scrub_count|max_stats_prefixes [<number>]\n"
     "\tdump start key [<prefix>] <path>\n"
     "\tdump stop\n"
     "\tcmdlog start [<folder>] | stop | stats\n"
     "\tcmdlog filter add [command <command> [<subcommand>]] [key <pattern>]\n"
     "\tcmdlog filter remove all|<number> | list\n"
     "\tlqdetect start [<threshold>] | stop | show | stats\n"
     "\tlru_crawler metadump all\n"
     "\tzkensemble get | set <list> | rejoin\n"
     "\treload auth\n"
     "\tsasl mech\n"
     "\tsasl auth [<mechanism>] <bytes>, <data>\n"
     "\tready, version, verbosity <level>, shutdown [<seconds>], quit\n"},
};

#undef ATTRIBUTES

}  // namespace

Progress command_help(Call& call, const Request& request) {
  const std::string_view name = Words(request.arguments).next();
  for (const Group& group : kGroups) {
    if (name.empty() || (name != group.name && name != group.alias)) continue;
    call.reply.add(group.text);
    return say(call, "\r\n");
  }
  call.reply.add("\tUsage: help [");
  for (const Group& group : kGroups) {
    if (&group != kGroups) call.reply.add(" | ");
    call.reply.add(group.name);
  }
  return say(call, "]\n\r\n");
}

}  // namespace arcus::daemon
