// bop: the commands of b+trees.
#include "daemon/command/bop.h"

#include "daemon/command/bop_keys.h"

namespace arcus::daemon {
namespace {

Progress create(Call&, CollectionLine& line) {
  return create_collection(line, CollectionType::kBtree);
}

constexpr Subcommand kSubcommands[] = {
    {"insert", bop_insert, counts::bop_insert, Manners::kNoreplyOrPipe, value_of_bop_insert},
    {"upsert", bop_upsert, counts::bop_insert, Manners::kNoreplyOrPipe, value_of_bop_insert},
    {"get", bop_get, counts::bop_get},
    {"count", bop_count, counts::bop_count},
    {"update", bop_update, counts::bop_update, Manners::kNoreplyOrPipe, value_of_bop_update},
    {"delete", bop_delete, counts::bop_delete, Manners::kNoreplyOrPipe},
    {"incr", bop_incr, counts::bop_incr, Manners::kNoreplyOrPipe},
    {"decr", bop_decr, counts::bop_decr, Manners::kNoreplyOrPipe},
    {"mget", bop_mget, counts::bop_mget, Manners::kAnswers, value_of_keys, false},
    {"smget", bop_smget, counts::bop_smget, Manners::kAnswers, value_of_keys, false},
    {"position", bop_position, counts::bop_position},
    {"gbp", bop_gbp, counts::bop_gbp},
    {"pwg", bop_pwg, counts::bop_pwg},
    {"create", create, counts::bop_create, Manners::kNoreply},
};

}  // namespace

std::span<const Subcommand> btree_subcommands() {
  return kSubcommands;
}

Progress command_bop(Call& call, const Request& request) {
  return run_collection_command(call, request, kSubcommands);
}

}  // namespace arcus::daemon
