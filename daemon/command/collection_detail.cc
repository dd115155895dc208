// What `stats detail` counts of the commands of collections.
#include <array>

#include "daemon/command/attention.h"
#include "daemon/command/collection_counts.h"

namespace arcus::daemon {
namespace {

struct Counted {
  const SubcommandCounts* counts;
  Operation operation;
};

// None of smget, which is of no one prefix; mget counts its keys as of get.
constexpr std::array kCounted = {
    Counted{&counts::lop_create, Operation::kLopCreate},
    Counted{&counts::lop_insert, Operation::kLopInsert},
    Counted{&counts::lop_delete, Operation::kLopDelete},
    Counted{&counts::lop_get, Operation::kLopGet},
    Counted{&counts::sop_create, Operation::kSopCreate},
    Counted{&counts::sop_insert, Operation::kSopInsert},
    Counted{&counts::sop_delete, Operation::kSopDelete},
    Counted{&counts::sop_get, Operation::kSopGet},
    Counted{&counts::sop_exist, Operation::kSopExist},
    Counted{&counts::mop_create, Operation::kMopCreate},
    Counted{&counts::mop_insert, Operation::kMopInsert},
    Counted{&counts::mop_update, Operation::kMopUpdate},
    Counted{&counts::mop_delete, Operation::kMopDelete},
    Counted{&counts::mop_get, Operation::kMopGet},
    Counted{&counts::bop_create, Operation::kBopCreate},
    Counted{&counts::bop_insert, Operation::kBopInsert},
    Counted{&counts::bop_update, Operation::kBopUpdate},
    Counted{&counts::bop_delete, Operation::kBopDelete},
    Counted{&counts::bop_incr, Operation::kBopIncr},
    Counted{&counts::bop_decr, Operation::kBopDecr},
    Counted{&counts::bop_get, Operation::kBopGet},
    Counted{&counts::bop_count, Operation::kBopCount},
    Counted{&counts::bop_position, Operation::kBopPosition},
    Counted{&counts::bop_pwg, Operation::kBopPwg},
    Counted{&counts::bop_gbp, Operation::kBopGbp},
};

}  // namespace

void count_in_detail(Call& call, std::string_view key, const SubcommandCounts& counts,
                     Outcome outcome) {
  if (outcome == Outcome::kUnheard) return;
  // A collection without such an element is one that was found.
  const bool hit = outcome == Outcome::kHit || outcome == Outcome::kNothing;
  for (const auto& [its, operation] : kCounted) {
    if (its == &counts) return count_in_detail(call, key, operation, hit);
  }
}

}  // namespace arcus::daemon
