// md: removes an item, or its value, or marks it as stale.
#include "daemon/command/meta_flags.h"

namespace arcus::daemon {
namespace {

enum class Outcome { kDone, kNotFound, kOther, kNoMemory };

// The item stays, under another CAS id.
StoreResult replace(Access& item, const MetaRequest& meta) {
  Content content{.value = item->value,
                  .more = {},
                  .large = item->large,
                  .flags = item->flags,
                  .expires = meta.has('T') ? meta.expires : item->expires,
                  .cas = meta.new_cas,
                  .stale = meta.has('I')};
  if (meta.has('x')) {
    content.value = {};
    content.large = nullptr;
    content.flags = meta.client_flags;
    content.expires = meta.expires;
  }
  return item.put(content);
}

Outcome carry_out(Call& call, const MetaRequest& meta) {
  Store& store = call.engine.store();
  const bool stays = meta.has('I') || meta.has('x');
  Access item =
      stays ? store.access_to_change(meta.key(), 0, call.now) : store.access(meta.key(), call.now);
  if (!item) return Outcome::kNotFound;
  if (meta.has('C') && item.cas() != meta.cas) return Outcome::kOther;
  if (stays && item->collection == nullptr) {
    return replace(item, meta) == StoreResult::kStored ? Outcome::kDone : Outcome::kNoMemory;
  }
  item.remove();
  return Outcome::kDone;
}

std::string_view code_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDone:
      return "HD";
    case Outcome::kOther:
      return "EX";
    default:
      return "NF";
  }
}

}  // namespace

Progress command_md(Call& call, const Request& request) {
  const MetaRequest meta(call.engine.store(), request, 0, call.now);
  if (meta.words() == 0) return say(call, kUnknownCommand);
  if (meta.key_too_long()) return say(call, kBadLine);
  if (meta.too_many()) return say(call, kTooManyFlags);
  if (!meta.error().empty()) return say(call, kWrongFlag);
  if (meta.opaque_too_long()) return say(call, kOpaqueTooLong);

  const Outcome outcome = carry_out(call, meta);
  call.stats.cmd_delete.add();
  (outcome == Outcome::kDone ? call.stats.delete_hits : call.stats.delete_misses).add();
  if (outcome == Outcome::kNoMemory) return say(call, kOutOfMemory);
  if (outcome == Outcome::kDone && meta.has('q')) return Progress::kDone;
  Line line(call.reply);
  line.add(code_of(outcome));
  meta.echo_all(line);
  line.add("\r\n");
  return Progress::kDone;
}

}  // namespace arcus::daemon
