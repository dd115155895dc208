#include "daemon/command/elements.h"

namespace arcus::daemon {
namespace {

std::optional<std::vector<std::string_view>> split(std::string_view text, char separator,
                                                   std::size_t count) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    const std::string_view part = text.substr(0, end);
    if (part.empty() || parts.size() == count) return std::nullopt;
    parts.push_back(part);
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
  }
  if (parts.size() != count) return std::nullopt;
  return parts;
}

}  // namespace

std::optional<std::size_t> parse_element_size(std::string_view word) {
  const auto size = parse_u32(word);
  if (!size || *size > kMostBytes) return std::nullopt;
  return *size;
}

std::optional<Progress> await_element(CollectionLine& line, std::size_t size) {
  if (size + 2 > line.call.engine.limits().element_bytes) return line.refuse(size, kTooLargeValue);
  if (const auto waits = line.await_value(size)) return waits;
  if (!line.has_whole_value()) return line.answer(kBadChunk);
  return std::nullopt;
}

bool take_create(Call& call, Terms& terms, CollectionType type,
                 std::optional<Attributes>& attributes) {
  if (terms.empty()) return true;
  if (terms.take() != "create") return false;
  attributes = parse_attributes(call, terms, type);
  return attributes.has_value();
}

bool take_word(Terms& terms, std::string_view word) {
  if (terms.last() != word) return false;
  terms.drop_last();
  return true;
}

Removal take_removal(Terms& terms) {
  if (take_word(terms, "delete")) return Removal::kDelete;
  return take_word(terms, "drop") ? Removal::kDrop : Removal::kNone;
}

std::optional<std::vector<std::string_view>> split_list(std::string_view text, std::size_t count) {
  // A comma may be part of a name, so blanks come first.
  if (auto names = split(text, ' ', count)) return names;
  if (text.find(' ') != text.npos) return std::nullopt;
  return split(text, ',', count);
}

std::string_view removed(Access& item, bool drop) {
  if (!drop || item->collection->size() > 0) return "DELETED\r\n";
  item.remove();
  return "DELETED_DROPPED\r\n";
}

void add_head(Line& line, std::uint32_t flags, std::uint32_t count) {
  line.add("VALUE ");
  line.add_number(flags);
  line.add(' ');
  line.add_number(count);
  line.add("\r\n");
}

void add_value(Line& line, std::string_view value) {
  line.add_number(value.size());
  line.add(' ');
  line.add(value);
  line.add("\r\n");
}

}  // namespace arcus::daemon
