// sop: the commands of sets.
#include "daemon/collection/hashed.h"
#include "daemon/command/elements.h"
#include "daemon/command/pick.h"

namespace arcus::daemon {
namespace {

constexpr CollectionType kType = CollectionType::kSet;

Hashed hashed(Call& call, std::string_view value) {
  return {value, call.engine.store().key(value).hash};
}

std::optional<std::size_t> value_of_all(const Terms& terms) {
  return parse_element_size(terms[1]);
}

Progress create(Call&, CollectionLine& line) {
  return create_collection(line, kType);
}

// bytes, [create attributes]
Progress insert(Call& call, CollectionLine& line) {
  const auto size = parse_element_size(line.terms.take());
  std::optional<Attributes> attributes;
  if (!size || !take_create(call, line.terms, kType, attributes)) return line.bad_line();
  if (const auto waits = await_element(line, *size)) return *waits;
  return insert_element(line, kType, attributes, Tree::room_for(0, *size),
                        [&](Collection& set, Blocks& blocks) {
                          return set_insert(set, blocks, hashed(call, line.value()),
                                            most_elements(call.engine, set));
                        });
}

// bytes, [drop]
Progress remove(Call& call, CollectionLine& line) {
  const auto size = parse_element_size(line.terms.take());
  const bool drop = take_word(line.terms, "drop");
  if (!size || !line.terms.empty()) return line.bad_line();
  if (const auto waits = await_element(line, *size)) return *waits;
  Access item = call.engine.store().access(line.key, call.now);
  if (const auto why = missing(item, kType); !why.empty()) return line.answer(why);
  Collection& set = *item->collection;
  const auto at = set_find(set, hashed(call, line.value()));
  if (!at) return line.answer(kNoElement);
  set.tree.erase(item.blocks(), at.index(), 1);
  return line.answer(removed(item, drop));
}

// bytes
Progress exist(Call& call, CollectionLine& line) {
  const auto size = parse_element_size(line.terms.take());
  if (!size || !line.terms.empty()) return line.bad_line();
  if (const auto waits = await_element(line, *size)) return *waits;
  Access item = call.engine.store().access(line.key, call.now);
  if (const auto why = not_to_be_read(item, kType); !why.empty()) return line.answer(why);
  item.hit();
  const bool there = static_cast<bool>(set_find(*item->collection, hashed(call, line.value())));
  return line.answer(there ? "EXIST\r\n" : "NOT_EXIST\r\n");
}

// Which of them: all, or as many as were asked for, at random.
std::vector<std::uint32_t> choose(const Collection& set, std::uint32_t count) {
  return pick(set.size(), count == 0 ? set.size() : count);
}

void erase_all(Access& item, const std::vector<std::uint32_t>& indexes) {
  // From behind, so that the others stay where they are.
  for (auto index = indexes.rbegin(); index != indexes.rend(); ++index) {
    item->collection->tree.erase(item.blocks(), *index, 1);
  }
}

// count, [delete|drop]
Progress get(Call& call, CollectionLine& line) {
  constexpr std::uint32_t kMost = 1000;
  const auto count = parse_u32(line.terms.take());
  const Removal removal = take_removal(line.terms);
  if (!count || !line.terms.empty()) return line.bad_line();
  if (*count > kMost) return line.answer("CLIENT_ERROR invalid: too many count\r\n");
  Access item = call.engine.store().access(line.key, call.now);
  if (const auto why = not_to_be_read(item, kType); !why.empty()) return line.answer(why);
  item.hit();
  Collection& set = *item->collection;
  if (set.size() == 0) return line.answer(kNoElement);
  const std::vector<std::uint32_t> chosen = choose(set, *count);
  call.elements = static_cast<std::uint32_t>(chosen.size());
  ElementsReply reply(call.reply, item->flags, static_cast<std::uint32_t>(chosen.size()));
  auto at = set.tree.begin();
  std::uint32_t index = 0;
  for (const std::uint32_t wanted : chosen) {
    // Those that lie near are reached sooner step by step.
    constexpr std::uint32_t kNear = 16;
    if (wanted - index > kNear) {
      at = set.tree.at(wanted);
      index = wanted;
    }
    for (; index < wanted; ++index) at.next();
    reply.add_value(at.element().value);
  }
  if (removal == Removal::kNone) return reply.end("END\r\n");
  if (chosen.size() == set.size()) {
    set.tree.erase(item.blocks(), 0, set.size());
  } else {
    erase_all(item, chosen);
  }
  return reply.end(removed(item, removal == Removal::kDrop));
}

constexpr Subcommand kSubcommands[] = {
    {"exist", exist, Manners::kPipe, value_of_all},
    {"insert", insert, Manners::kNoreplyOrPipe, value_of_all},
    {"get", get},
    {"delete", remove, Manners::kNoreplyOrPipe, value_of_all},
    {"create", create, Manners::kNoreply},
};

}  // namespace

std::span<const Subcommand> set_subcommands() {
  return kSubcommands;
}

Progress command_sop(Call& call, const Request& request) {
  return run_collection_command(call, request, kSubcommands);
}

}  // namespace arcus::daemon
