// mop: the commands of maps.
#include <algorithm>
#include <string>
#include <vector>

#include "daemon/collection/hashed.h"
#include "daemon/command/elements_read.h"

namespace arcus::daemon {
namespace {

constexpr CollectionType kType = CollectionType::kMap;
constexpr std::size_t kMostField = 250;
constexpr std::string_view kTooLongField = "CLIENT_ERROR too long field name\r\n";
constexpr std::string_view kBadValue = "CLIENT_ERROR bad value\r\n";

Hashed hashed(Call& call, std::string_view field) {
  return {field, call.engine.store().key(field).hash};
}

std::optional<std::size_t> value_of_insert(const Terms& terms) {
  return parse_element_size(terms[2]);
}

Progress create(Call&, CollectionLine& line) {
  return create_collection(line, kType);
}

// field, bytes, [create attributes]
Progress put(Call& call, CollectionLine& line, bool replace) {
  const std::string_view field = line.terms.take();
  const auto size = parse_element_size(line.terms.take());
  std::optional<Attributes> attributes;
  if (field.size() > kMostField) return line.answer(kTooLongField);
  if (!size || !take_create(call, line.terms, kType, attributes)) return line.bad_line();
  if (const auto waits = await_element(line, *size)) return *waits;
  return insert_element(line, kType, attributes, Tree::room_for(field.size(), *size),
                        [&](Collection& map, Blocks& blocks) {
                          return map_insert(map, blocks, hashed(call, field), line.value(),
                                            replace, most_elements(call.engine, map));
                        });
}

Progress insert(Call& call, CollectionLine& line) {
  return put(call, line, false);
}
Progress upsert(Call& call, CollectionLine& line) {
  return put(call, line, true);
}

// field, bytes
Progress update(Call& call, CollectionLine& line) {
  const std::string_view field = line.terms.take();
  const auto size = parse_element_size(line.terms.take());
  if (field.size() > kMostField) return line.answer(kTooLongField);
  if (!size || !line.terms.empty()) return line.bad_line();
  if (const auto waits = await_element(line, *size)) return *waits;
  Access item = call.engine.store().access_to_grow(
      line.key, Tree::room_for(field.size(), *size), call.now);
  if (const auto why = missing(item, kType); !why.empty()) return line.answer(why);
  if (!item.has_room() || item.sticky_is_full()) return line.answer(kNoMemoryForCollection);
  const CollectionResult result =
      map_update(*item->collection, item.blocks(), hashed(call, field), line.value());
  item.unlock();
  return line.answer(result == CollectionResult::kOk ? "UPDATED\r\n" : answer_of(result));
}

// The fields that a client names; none where it means all.
struct Fields {
  std::size_t size = 0;  // of the list
  std::uint32_t count = 0;
};

std::optional<Fields> parse_fields(Terms& terms) {
  const auto size = parse_u32(terms.take());
  const auto count = parse_u32(terms.take());
  if (!size || !count) return std::nullopt;
  return Fields{*size, *count};
}

// None, or as many as can stand in so many bytes and be in a map.
bool is_sensible(const Engine& engine, const Fields& fields) {
  const std::size_t count = fields.count;
  if (fields.size == 0 || count == 0) return fields.size == count;
  return fields.size <= count * kMostField + count - 1 && count <= fields.size / 2 + 1 &&
         count <= engine.limits().map_size;
}

std::optional<std::size_t> value_of_fields(const Terms& terms) {
  const auto size = parse_u32(terms[1]);
  const auto count = parse_u32(terms[2]);
  if (!size || !count || *size == 0 || *count == 0) return std::nullopt;
  return *size;
}

// Where the fields are, in the order of their names; one that is named twice is there twice.
std::vector<std::uint32_t> find_fields(const Collection& map,
                                       const std::vector<std::string_view>& fields, Call& call) {
  std::vector<std::uint32_t> places;
  for (const std::string_view field : fields) {
    if (const auto at = map_find(map, hashed(call, field))) places.push_back(at.index());
  }
  return places;
}

// The list of fields that follows, if one does: what to return while it is not there, or is bad.
std::optional<Progress> await_fields(CollectionLine& line, const Fields& fields,
                                     std::vector<std::string_view>& names) {
  if (fields.count == 0) return std::nullopt;
  if (const auto waits = line.await_value(fields.size)) return waits;
  if (!line.has_whole_value()) return line.answer(kBadChunk);
  const auto split = split_list(line.value(), fields.count);
  if (!split) return line.answer(kBadChunk);
  names = *split;
  const auto too_long = [](std::string_view name) { return name.size() > kMostField; };
  if (std::any_of(names.begin(), names.end(), too_long)) return line.answer(kBadChunk);
  return std::nullopt;
}

// bytes and number of the fields, [drop]
Progress remove(Call& call, CollectionLine& line) {
  const auto fields = parse_fields(line.terms);
  if (fields && !is_sensible(call.engine, *fields)) return line.answer(kBadValue);
  const bool drop = take_word(line.terms, "drop");
  if (!fields || !line.terms.empty()) return line.bad_line();
  std::vector<std::string_view> names;
  if (const auto ends = await_fields(line, *fields, names)) return *ends;
  Access item = call.engine.store().access(line.key, call.now);
  if (const auto why = missing(item, kType); !why.empty()) return line.answer(why);
  Collection& map = *item->collection;
  if (map.size() == 0) return line.answer(kNoElement);
  if (fields->count == 0) {
    call.elements = map.size();
    map.tree.erase(item.blocks(), 0, map.size());
    return line.answer(removed(item, drop));
  }
  std::vector<std::uint32_t> places = find_fields(map, names, call);
  if (places.empty()) return line.answer(kNoElement);
  call.elements = static_cast<std::uint32_t>(places.size());
  erase_places(item, std::move(places));
  return line.answer(removed(item, drop));
}

// All fields, or those that were named.
class MapRead : public ElementsRead {
 public:
  MapRead(std::vector<std::string_view> names, Removal removal)
      : ElementsRead(kType, removal), names_(std::move(names)) {}

  std::string_view find(Call& call, const Collection& map, Places& places) override {
    if (map.size() == 0) return kNoElement;
    if (names_.empty()) {
      places.span = {0, map.size()};
      return {};
    }
    places.is_listed = true;
    places.listed = find_fields(map, names_, call);
    return places.listed.empty() ? kNoElement : std::string_view();
  }
  void tell(Line& line, const Element& element) const override {
    line.add(element.tag);
    line.add(' ');
    add_value(line, element.value);
  }
  std::unique_ptr<ElementsRead> keep() override {
    auto kept = std::make_unique<MapRead>(names_, removal());
    for (const std::string_view name : names_) kept->text_ += name;
    const char* at = kept->text_.data();
    for (std::string_view& name : kept->names_) {
      name = {at, name.size()};
      at += name.size();
    }
    return kept;
  }

 private:
  std::vector<std::string_view> names_;  // in the request, or in
  std::string text_;
};

// bytes and number of the fields, [delete|drop]
Progress get(Call& call, CollectionLine& line) {
  const auto fields = parse_fields(line.terms);
  if (fields && !is_sensible(call.engine, *fields)) return line.answer(kBadValue);
  const Removal removal = take_removal(line.terms);
  if (!fields || !line.terms.empty()) return line.bad_line();
  std::vector<std::string_view> names;
  if (const auto ends = await_fields(line, *fields, names)) return *ends;
  MapRead read(std::move(names), removal);
  return read_elements(line, read);
}

constexpr Subcommand kSubcommands[] = {
    {"get", get, counts::mop_get, Manners::kAnswers, value_of_fields},
    {"insert", insert, counts::mop_insert, Manners::kNoreplyOrPipe, value_of_insert},
    {"upsert", upsert, counts::mop_insert, Manners::kNoreplyOrPipe, value_of_insert},
    {"update", update, counts::mop_update, Manners::kNoreplyOrPipe, value_of_insert},
    {"delete", remove, counts::mop_delete, Manners::kNoreplyOrPipe, value_of_fields},
    {"create", create, counts::mop_create, Manners::kNoreply},
};

}  // namespace

std::span<const Subcommand> map_subcommands() {
  return kSubcommands;
}

Progress command_mop(Call& call, const Request& request) {
  return run_collection_command(call, request, kSubcommands);
}

}  // namespace arcus::daemon
