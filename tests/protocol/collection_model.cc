#include "tests/protocol/collection_model.h"

#include <algorithm>

namespace arcus::tests {
namespace {

const std::string kNoElement = "NOT_FOUND_ELEMENT\r\n";

std::string sized(const std::string& value) {
  return std::to_string(value.size()) + " " + value + "\r\n";
}

std::string head(unsigned flags, std::size_t count) {
  return "VALUE " + std::to_string(flags) + " " + std::to_string(count) + "\r\n";
}

}  // namespace

std::string hex(const std::string& bytes) {
  constexpr const char* kDigits = "0123456789ABCDEF";
  std::string text = "0x";
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

ModelBkey ModelBkey::number(std::uint64_t number) {
  ModelBkey bkey;
  for (int shift = 56; shift >= 0; shift -= 8) bkey.order += static_cast<char>(number >> shift);
  return bkey;
}

std::string ModelBkey::text() const {
  return is_number ? std::to_string(head(8)) : hex(order);
}

std::uint64_t ModelBkey::head(std::size_t size) const {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < size; ++i) {
    number = number << 8 | (i < order.size() ? static_cast<unsigned char>(order[i]) : 0U);
  }
  return number;
}

bool ModelFilter::matches(const std::string& eflag) const {
  const std::size_t size = values[0].size();
  if (eflag.size() < offset + size) return compare == "NE";
  const std::string part = eflag.substr(offset, size);
  const bool among = std::find(values.begin(), values.end(), part) != values.end();
  if (compare == "EQ") return among;
  if (compare == "NE") return !among;
  return compare == "LT" ? part < values[0] : part >= values[0];
}

CollectionModel::Item* CollectionModel::find(const std::string& key, char type, std::string& why) {
  const auto at = items_.find(key);
  why = at == items_.end() ? "NOT_FOUND\r\n" : at->second.type != type ? "TYPE_MISMATCH\r\n" : "";
  return why.empty() ? &at->second : nullptr;
}

const CollectionModel::Item* CollectionModel::find_to_read(const std::string& key, char type,
                                                           std::string& why) const {
  const Item* const item = const_cast<CollectionModel*>(this)->find(key, type, why);
  if (item != nullptr && !item->attributes.readable) why = "UNREADABLE\r\n";
  return why.empty() ? item : nullptr;
}

std::string CollectionModel::create(const std::string& key, char type,
                                    const ModelAttributes& attributes) {
  Item item;
  item.type = type;
  item.attributes = attributes;
  return items_.emplace(key, item).second ? "CREATED\r\n" : "EXISTS\r\n";
}

std::string CollectionModel::remove(const std::string& key) {
  return items_.erase(key) > 0 ? "DELETED\r\n" : "NOT_FOUND\r\n";
}

std::string CollectionModel::insert(const std::string& key, char type, const Create& create,
                                    const std::function<std::string(Item&)>& insert) {
  const bool made = create && !items_.contains(key);
  if (made) this->create(key, type, *create);
  std::string why;
  Item* const item = find(key, type, why);
  if (item == nullptr) return why;
  const std::string result = insert(*item);
  if (made && result != "STORED\r\n") items_.erase(key);
  return made && result == "STORED\r\n" ? "CREATED_STORED\r\n" : result;
}

std::string CollectionModel::removed(const std::string& key, const std::string& removal) {
  if (removal != "drop" || items_[key].size() > 0) return "DELETED\r\n";
  items_.erase(key);
  return "DELETED_DROPPED\r\n";
}

// --- lists ---

std::string CollectionModel::list_insert(const std::string& key, int index,
                                         const std::string& value, const Create& create) {
  return insert(key, 'l', create, [&](Item& item) -> std::string {
    auto& list = item.list;
    const int size = static_cast<int>(list.size());
    const int most = static_cast<int>(item.attributes.most);
    if (index > size || index >= most || -index > size + 1 || -index > most) {
      return "OUT_OF_RANGE\r\n";
    }
    int place = index >= 0 ? index : size + 1 + index;
    if (size >= most) {
      if (item.attributes.overflow == "error") return "OVERFLOWED\r\n";
      const bool ends = index == 0 || index == -1;
      const bool head = ends ? index == -1 : item.attributes.overflow == "head_trim";
      if (head) {
        list.erase(list.begin());
        place = std::max(0, place - 1);
      } else {
        list.pop_back();
        place = std::min(place, size - 1);
      }
    }
    list.insert(list.begin() + place, value);
    return "STORED\r\n";
  });
}

std::string CollectionModel::list_take(const std::string& key, int from, int to,
                                       const std::string& removal, bool tell) {
  std::string why;
  if (tell ? find_to_read(key, 'l', why) == nullptr : find(key, 'l', why) == nullptr) return why;
  auto& list = items_[key].list;
  const int size = static_cast<int>(list.size());
  if (from < 0) from += size;
  if (to < 0) to += size;
  if (size == 0 || std::max(from, to) < 0 || std::min(from, to) >= size) return kNoElement;
  from = std::clamp(from, 0, size - 1);
  to = std::clamp(to, 0, size - 1);
  std::string lines;
  for (int i = from;; i += from <= to ? 1 : -1) {
    lines += sized(list[static_cast<std::size_t>(i)]);
    if (i == to) break;
  }
  const int low = std::min(from, to);
  const int high = std::max(from, to);
  const std::string start =
      tell ? head(items_[key].attributes.flags, static_cast<std::size_t>(high - low + 1)) + lines
           : "";
  if (removal.empty()) return start + "END\r\n";
  list.erase(list.begin() + low, list.begin() + high + 1);
  return start + removed(key, removal);
}

// --- sets and maps ---

std::string CollectionModel::put(const std::string& key, char type, const std::string& name,
                                 const std::string& value, bool replace, const Create& create) {
  return insert(key, type, create, [&](Item& item) -> std::string {
    if (item.elements.contains(name)) {
      if (!replace) return "ELEMENT_EXISTS\r\n";
      item.elements[name].value = value;
      return "REPLACED\r\n";
    }
    if (item.elements.size() >= item.attributes.most) return "OVERFLOWED\r\n";
    item.elements[name].value = value;
    return "STORED\r\n";
  });
}

std::string CollectionModel::update(const std::string& key, const std::string& field,
                                    const std::string& value) {
  std::string why;
  Item* const item = find(key, 'm', why);
  if (item == nullptr) return why;
  if (!item->elements.contains(field)) return kNoElement;
  item->elements[field].value = value;
  return "UPDATED\r\n";
}

std::string CollectionModel::exist(const std::string& key, const std::string& value) const {
  std::string why;
  const Item* const item = find_to_read(key, 's', why);
  if (item == nullptr) return why;
  return item->elements.contains(value) ? "EXIST\r\n" : "NOT_EXIST\r\n";
}

std::string CollectionModel::take(const std::string& key, char type,
                                  const std::vector<std::string>& names,
                                  const std::string& removal, bool tell) {
  std::string why;
  if (tell ? find_to_read(key, type, why) == nullptr : find(key, type, why) == nullptr) {
    return why;
  }
  auto& elements = items_[key].elements;
  std::vector<std::string> found;
  for (const auto& name : names) {
    if (elements.contains(name)) found.push_back(name);
  }
  if (names.empty()) {
    for (const auto& [name, element] : elements) found.push_back(name);
  }
  if (found.empty()) return kNoElement;
  std::string start = tell ? head(items_[key].attributes.flags, found.size()) : "";
  for (const auto& name : found) {
    if (!tell) break;
    start += type == 'm' ? name + " " + sized(elements[name].value) : sized(name);
  }
  if (removal.empty()) return start + "END\r\n";
  for (const auto& name : found) elements.erase(name);
  return start + removed(key, removal);
}

}  // namespace arcus::tests
