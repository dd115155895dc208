// lop: the commands of lists.
#include "daemon/collection/list.h"
#include "daemon/command/elements_read.h"

namespace arcus::daemon {
namespace {

constexpr CollectionType kType = CollectionType::kList;

struct Indexes {
  std::int64_t from = 0;
  std::int64_t to = 0;
};

std::optional<std::int64_t> parse_index(std::string_view word) {
  const auto index = parse_i64(word);
  if (!index || *index != static_cast<std::int32_t>(*index)) return std::nullopt;
  return index;
}

// "3" or "0..-1".
std::optional<Indexes> parse_indexes(std::string_view word) {
  const std::size_t dots = word.find("..");
  const auto from = parse_index(word.substr(0, dots));
  const auto to = dots == word.npos ? from : parse_index(word.substr(dots + 2));
  if (!from || !to) return std::nullopt;
  return Indexes{*from, *to};
}

Progress create(Call&, CollectionLine& line) {
  return create_collection(line, kType);
}

// index, bytes, [create attributes]
Progress insert(Call& call, CollectionLine& line) {
  Terms& terms = line.terms;
  const auto index = parse_index(terms.take());
  const auto size = parse_element_size(terms.take());
  std::optional<Attributes> attributes;
  if (!index || !size || !take_create(call, terms, kType, attributes)) return line.bad_line();
  if (const auto waits = await_element(line, *size)) return *waits;
  return insert_element(
      line, kType, attributes, Tree::room_for(0, *size),
      [&](Collection& list, Blocks& blocks) {
        return list_insert(list, blocks, *index, line.value(), most_elements(call.engine, list));
      });
}

std::optional<std::size_t> value_of_insert(const Terms& terms) {
  return parse_element_size(terms[2]);
}

// index or range, [drop]
Progress remove(Call& call, CollectionLine& line) {
  Terms& terms = line.terms;
  const auto indexes = parse_indexes(terms.take());
  const bool drop = take_word(terms, "drop");
  if (!indexes || !terms.empty()) return line.bad_line();
  Access item = call.engine.store().access(line.key, call.now);
  if (const auto why = missing(item, kType); !why.empty()) return line.answer(why);
  Collection& list = *item->collection;
  const auto span = list_span(list, indexes->from, indexes->to);
  if (!span) return line.answer(kNoElement);
  call.elements = span->count;
  list.tree.erase(item.blocks(), span->lowest(), span->count);
  return line.answer(removed(item, drop));
}

class ListRead : public ElementsRead {
 public:
  ListRead(const Indexes& indexes, Removal removal)
      : ElementsRead(kType, removal), indexes_(indexes) {}

  std::string_view find(Call&, const Collection& list, Places& places) override {
    const auto span = list_span(list, indexes_.from, indexes_.to);
    if (!span) return kNoElement;
    places.span = *span;
    return {};
  }
  void tell(Line& line, const Element& element) const override { add_value(line, element.value); }
  std::unique_ptr<ElementsRead> keep() override { return std::make_unique<ListRead>(*this); }

 private:
  Indexes indexes_;
};

// index or range, [delete|drop]
Progress get(Call&, CollectionLine& line) {
  const auto indexes = parse_indexes(line.terms.take());
  const Removal removal = take_removal(line.terms);
  if (!indexes || !line.terms.empty()) return line.bad_line();
  ListRead read(*indexes, removal);
  return read_elements(line, read);
}

constexpr Subcommand kSubcommands[] = {
    {"insert", insert, counts::lop_insert, Manners::kNoreplyOrPipe, value_of_insert},
    {"get", get, counts::lop_get},
    {"delete", remove, counts::lop_delete, Manners::kNoreplyOrPipe},
    {"create", create, counts::lop_create, Manners::kNoreply},
};

}  // namespace

std::span<const Subcommand> list_subcommands() {
  return kSubcommands;
}

Progress command_lop(Call& call, const Request& request) {
  return run_collection_command(call, request, kSubcommands);
}

}  // namespace arcus::daemon
