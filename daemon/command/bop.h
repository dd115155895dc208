// The subcommands of bop, by what they do; the table is in bop.cc.
#pragma once

#include "daemon/command/collection.h"

namespace arcus::daemon {

// bop_store.cc
Progress bop_insert(Call& call, CollectionLine& line);
Progress bop_upsert(Call& call, CollectionLine& line);
Progress bop_update(Call& call, CollectionLine& line);
Progress bop_incr(Call& call, CollectionLine& line);
Progress bop_decr(Call& call, CollectionLine& line);
std::optional<std::size_t> value_of_bop_insert(const Terms& terms);
std::optional<std::size_t> value_of_bop_update(const Terms& terms);

// bop_read.cc
Progress bop_get(Call& call, CollectionLine& line);
Progress bop_count(Call& call, CollectionLine& line);
Progress bop_delete(Call& call, CollectionLine& line);

// bop_mget.cc, bop_smget.cc
Progress bop_mget(Call& call, CollectionLine& line);
Progress bop_smget(Call& call, CollectionLine& line);

// bop_position.cc
Progress bop_position(Call& call, CollectionLine& line);
Progress bop_gbp(Call& call, CollectionLine& line);
Progress bop_pwg(Call& call, CollectionLine& line);

}  // namespace arcus::daemon
