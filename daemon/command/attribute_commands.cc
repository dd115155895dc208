// getattr, setattr: an item's attributes.
#include <array>
#include <cstddef>

#include "daemon/command/attributes.h"
#include "daemon/command/collection.h"

namespace arcus::daemon {
namespace {

constexpr std::size_t kMostShown = 11;
constexpr std::size_t kMostSet = 5;
constexpr std::string_view kNoAttribute = "ATTR_ERROR not found\r\n";
constexpr std::string_view kBadValue = "ATTR_ERROR bad value\r\n";

std::size_t count_words(Words words) {
  std::size_t count = 0;
  while (!words.next().empty()) ++count;
  return count;
}

// What one command names, in its order.
struct Named {
  std::array<const Attribute*, kMostShown> list;
  std::size_t count = 0;

  const Attribute* const* begin() const { return list.data(); }
  const Attribute* const* end() const { return list.data() + count; }
  bool all_of(ItemType type) const {
    for (const Attribute* one : *this) {
      if ((one->types & type) == 0) return false;
    }
    return true;
  }
};

void show(Call& call, const Attribute& attribute, const ItemView& item) {
  Line line(call.reply);
  line.add("ATTR ");
  line.add(attribute.name);
  line.add('=');
  attribute.show(line, item, call);
  line.add("\r\n");
}

// Cuts `word`, name=value, and reads the value; what is wrong with it, or nothing.
std::string_view read(std::string_view word, Seconds now, Named& named, AttributeChange& change) {
  const std::size_t equal = word.find('=');
  if (equal == std::string_view::npos) return kBadLine;
  const Attribute* attribute = find_attribute(word.substr(0, equal));
  if (attribute == nullptr || attribute->read == nullptr) return kNoAttribute;
  if (!attribute->read(word.substr(equal + 1), now, change)) return kBadValue;
  named.list[named.count++] = attribute;
  return {};
}

}  // namespace

Progress command_getattr(Call& call, const Request& request) {
  if (request.key.empty() || count_words(request.after_key()) > kMostShown) {
    return say(call, kUnknownCommand);
  }
  if (request.key.size() > kMaxKey) return say(call, kBadLine);
  call.stats.cmd_getattr.add();
  Named named;
  Words words = request.after_key();
  for (auto name = words.next(); !name.empty(); name = words.next()) {
    const Attribute* attribute = find_attribute(name);
    if (attribute == nullptr) return say(call, kNoAttribute);
    named.list[named.count++] = attribute;
  }
  Access item = call.engine.store().access({request.key, request.hash}, call.now);
  if (!item) {
    call.stats.getattr_misses.add();
    return say(call, kNotFound);
  }
  item.hit();
  const ItemType type = type_of(*item);
  if (!named.all_of(type)) return say(call, kNoAttribute);
  call.stats.getattr_hits.add();
  if (named.count == 0) {
    for (const Attribute& one : attributes()) {
      if ((one.types & type) != 0) show(call, one, *item);
    }
  }
  for (const Attribute* one : named) show(call, *one, *item);
  return say(call, "END\r\n");
}

Progress command_setattr(Call& call, const Request& request) {
  const std::size_t count = count_words(request.after_key());
  if (request.key.empty() || count == 0 || count > kMostSet) return say(call, kUnknownCommand);
  if (request.key.size() > kMaxKey) return say(call, kBadLine);
  call.stats.cmd_setattr.add();
  Named named;
  AttributeChange change;
  Words words = request.after_key();
  for (auto word = words.next(); !word.empty(); word = words.next()) {
    const std::string_view wrong = read(word, call.now, named, change);
    if (!wrong.empty()) return say(call, wrong);
  }
  Access item =
      call.engine.store().access_to_change({request.key, request.hash}, 0, call.now);
  if (!item) {
    call.stats.setattr_misses.add();
    return say(call, kNotFound);
  }
  // All or none.
  if (!named.all_of(type_of(*item))) return say(call, kNoAttribute);
  call.stats.setattr_hits.add();
  Collection* const collection = item->collection;
  if (collection != nullptr && !can_apply(change, *collection, call.engine)) {
    return say(call, kBadValue);
  }
  if (change.expires && item.set_expiry(*change.expires) != StoreResult::kStored) {
    return say(call, "SERVER_ERROR out of memory\r\n");
  }
  if (collection != nullptr) apply(change, *collection, call.engine);
  return say(call, "OK\r\n");
}

}  // namespace arcus::daemon
