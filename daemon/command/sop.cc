// sop: the commands of sets.
#include "daemon/collection/hashed.h"
#include "daemon/command/elements_read.h"
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

// All elements, or so many of them, picked at random.
class SetRead : public ElementsRead {
 public:
  SetRead(std::uint32_t count, Removal removal) : ElementsRead(kType, removal), count_(count) {}

  std::string_view find(Call& call, const Collection& set, Places& places) override {
    if (set.size() == 0) return kNoElement;
    if (count_ == 0 || count_ >= set.size()) {
      places.span = {0, set.size()};
      return {};
    }
    places.is_listed = true;
    places.listed = pick(set.size(), count_, call.engine.random());
    return {};
  }
  void tell(Line& line, const Element& element) const override { add_value(line, element.value); }
  std::unique_ptr<ElementsRead> keep() override { return std::make_unique<SetRead>(*this); }

 private:
  std::uint32_t count_;
};

// count, [delete|drop]
Progress get(Call&, CollectionLine& line) {
  constexpr std::uint32_t kMost = 1000;
  const auto count = parse_u32(line.terms.take());
  const Removal removal = take_removal(line.terms);
  if (!count || !line.terms.empty()) return line.bad_line();
  if (*count > kMost) return line.answer("CLIENT_ERROR invalid: too many count\r\n");
  SetRead read(*count, removal);
  return read_elements(line, read);
}

constexpr Subcommand kSubcommands[] = {
    {"exist", exist, counts::sop_exist, Manners::kPipe, value_of_all},
    {"insert", insert, counts::sop_insert, Manners::kNoreplyOrPipe, value_of_all},
    {"get", get, counts::sop_get},
    {"delete", remove, counts::sop_delete, Manners::kNoreplyOrPipe, value_of_all},
    {"create", create, counts::sop_create, Manners::kNoreply},
};

}  // namespace

std::span<const Subcommand> set_subcommands() {
  return kSubcommands;
}

Progress command_sop(Call& call, const Request& request) {
  return run_collection_command(call, request, kSubcommands);
}

}  // namespace arcus::daemon
