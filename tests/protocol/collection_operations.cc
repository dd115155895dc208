#include "tests/protocol/collection_operations.h"

namespace arcus::tests {
namespace {

std::string after_blank(const std::string& word) {
  return word.empty() ? "" : " " + word;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += text.empty() ? word : " " + word;
  return text;
}

}  // namespace

CollectionOperation CollectionOperations::next() {
  constexpr Maker kMakers[] = {
      &CollectionOperations::make,        &CollectionOperations::remove,
      &CollectionOperations::set_range,   &CollectionOperations::get_attributes,
      &CollectionOperations::lop,         &CollectionOperations::lop,
      &CollectionOperations::sop,         &CollectionOperations::sop,
      &CollectionOperations::mop,         &CollectionOperations::mop,
      &CollectionOperations::bop_insert,  &CollectionOperations::bop_insert,
      &CollectionOperations::bop_insert,  &CollectionOperations::bop_insert,
      &CollectionOperations::bop_insert,  &CollectionOperations::bop_update,
      &CollectionOperations::bop_read,    &CollectionOperations::bop_read,
      &CollectionOperations::bop_read,    &CollectionOperations::bop_position,
      &CollectionOperations::bop_position, &CollectionOperations::bop_many,
      &CollectionOperations::bop_many,
  };
  return (this->*kMakers[below(std::size(kMakers))])();
}

std::string CollectionOperations::next_damaged() {
  std::string request = next().request;
  if (!once_in(5)) return request;
  const std::size_t end = request.find("\r\n");
  std::vector<std::size_t> blanks;
  for (std::size_t at = 0; (at = request.find(' ', at)) < end; ++at) blanks.push_back(at);
  const std::size_t blank = blanks[below(static_cast<std::uint32_t>(blanks.size()))];
  switch (below(4)) {
    case 0:  // a word less
      return request.erase(blank, request.find_first_of(" \r", blank + 1) - blank);
    case 1:
      return request.insert(end, one_of({" noreply", " pipe", " getrim", " drop", " 0", " 0x01"}));
    case 2:
      return request.insert(blank, one_of({" ", " 1", " -1", " 0x", " 0..", " create"}));
    default:  // the value is shorter
      return request.erase(request.size() - 3, once_in(2) ? 1 : 0);
  }
}

std::string CollectionOperations::value() {
  // Some of those that lie in the leaf, some that don't.
  const std::uint32_t size = once_in(20) ? below(3000) : below(20);
  return std::string(size, static_cast<char>('a' + below(26)));
}

ModelAttributes CollectionOperations::attributes(char type) {
  ModelAttributes result;
  result.flags = below(100);
  result.most = 1 + below(once_in(3) ? 200 : 8);
  if (type == 'l') {
    result.overflow = one_of({"error", "head_trim", "tail_trim"});
  } else if (type == 'b') {
    result.overflow = one_of({"error", "smallest_trim", "smallest_trim", "largest_trim",
                              "largest_trim", "smallest_silent_trim", "largest_silent_trim"});
  } else {
    result.overflow = "error";
  }
  result.readable = !once_in(15);
  return result;
}

std::string CollectionOperations::text_of(const ModelAttributes& attributes) {
  return std::to_string(attributes.flags) + " 0 " + std::to_string(attributes.most) + " " +
         attributes.overflow + (attributes.readable ? "" : " unreadable");
}

CollectionModel::Create CollectionOperations::create(char type, std::string& words) {
  if (!once_in(4)) return std::nullopt;
  const ModelAttributes result = attributes(type);
  words = " create " + text_of(result);
  return result;
}

CollectionOperation CollectionOperations::make() {
  const char type = one_of({"l", "s", "m", "b", "b", "b"})[0];
  const ModelAttributes wanted = attributes(type);
  const std::string on = key();
  return {std::string(1, type) + "op create " + on + " " + text_of(wanted) + "\r\n",
          [=](CollectionModel& model) { return model.create(on, type, wanted); }};
}

CollectionOperation CollectionOperations::remove() {
  const std::string on = key();
  return {"delete " + on + "\r\n", [=](CollectionModel& model) { return model.remove(on); }};
}

CollectionOperation CollectionOperations::set_range() {
  const std::string on = key();
  std::optional<ModelBkey> range;
  if (!once_in(3)) range = bkey();
  // As a number, 0 is none.
  if (range && range->is_number && range->head(8) == 0) range.reset();
  return {"setattr " + on + " maxbkeyrange=" + (range ? range->text() : "0") + "\r\n",
          [=](CollectionModel& model) { return model.set_range(on, range); }};
}

CollectionOperation CollectionOperations::get_attributes() {
  const std::string on = key();
  return {"getattr " + on + " count minbkey maxbkey trimmed\r\n",
          [=](CollectionModel& model) { return model.attributes(on); }};
}

CollectionOperation CollectionOperations::lop() {
  const std::string on = key();
  const int from = static_cast<int>(below(24)) - 12;
  const int to = once_in(3) ? from : static_cast<int>(below(24)) - 12;
  if (once_in(2)) {
    std::string words;
    const auto made = create('l', words);
    const std::string bytes = value();
    const int index = once_in(2) ? (once_in(2) ? 0 : -1) : from;
    return {"lop insert " + on + " " + std::to_string(index) + " " +
                std::to_string(bytes.size()) + words + "\r\n" + bytes + "\r\n",
            [=](CollectionModel& model) { return model.list_insert(on, index, bytes, made); }};
  }
  const std::string where = std::to_string(from) + (from == to && once_in(2)
                                                        ? ""
                                                        : ".." + std::to_string(to));
  if (once_in(5)) {
    const std::string how = one_of({"delete", "drop"});
    return {"lop delete " + on + " " + where + (how == "drop" ? " drop" : "") + "\r\n",
            [=](CollectionModel& model) { return model.list_take(on, from, to, how, false); }};
  }
  const std::string how = removal();
  return {"lop get " + on + " " + where + after_blank(how) + "\r\n",
          [=](CollectionModel& model) { return model.list_take(on, from, to, how, true); }};
}

CollectionOperation CollectionOperations::sop() {
  const std::string on = key();
  const std::string element = once_in(10) ? value() : name();
  const std::string size = std::to_string(element.size());
  const std::string body = "\r\n" + element + "\r\n";
  switch (below(6)) {
    case 0:
      return {"sop exist " + on + " " + size + body,
              [=](CollectionModel& model) { return model.exist(on, element); }};
    case 1: {
      const std::string how = one_of({"delete", "drop"});
      return {"sop delete " + on + " " + size + (how == "drop" ? " drop" : "") + body,
              [=](CollectionModel& model) { return model.take(on, 's', {element}, how, false); }};
    }
    case 2: {
      const std::string how = removal();
      return {"sop get " + on + one_of({" 0", " 1000"}) + after_blank(how) + "\r\n",
              [=](CollectionModel& model) { return model.take(on, 's', {}, how, true); }, true};
    }
    default: {
      std::string words;
      const auto made = create('s', words);
      return {"sop insert " + on + " " + size + words + body, [=](CollectionModel& model) {
                return model.put(on, 's', element, element, false, made);
              }};
    }
  }
}

CollectionOperation CollectionOperations::mop() {
  const std::string on = key();
  const std::string field = name();
  const std::string bytes = value();
  const std::string rest = field + " " + std::to_string(bytes.size());
  const std::string body = "\r\n" + bytes + "\r\n";
  if (once_in(2)) {
    if (once_in(4)) {
      return {"mop update " + on + " " + rest + body,
              [=](CollectionModel& model) { return model.update(on, field, bytes); }};
    }
    std::string words;
    const auto made = create('m', words);
    const bool replace = once_in(2);
    return {(replace ? "mop upsert " : "mop insert ") + on + " " + rest + words + body,
            [=](CollectionModel& model) {
              return model.put(on, 'm', field, bytes, replace, made);
            }};
  }
  std::vector<std::string> names;
  for (std::uint32_t i = below(4); i > 0; --i) names.push_back(name());
  const bool tell = !once_in(4);
  const std::string how = tell ? removal() : one_of({"delete", "drop"});
  const std::string list = joined(names);
  return {(tell ? "mop get " : "mop delete ") + on + " " + std::to_string(list.size()) + " " +
              std::to_string(names.size()) + (tell || how == "drop" ? after_blank(how) : "") +
              "\r\n" + (names.empty() ? "" : list + "\r\n"),
          [=](CollectionModel& model) { return model.take(on, 'm', names, how, tell); },
          names.empty()};
}

// --- b+trees ---

ModelBkey CollectionOperations::bkey(bool is_number) {
  if (is_number) {
    if (once_in(60)) return ModelBkey::number(~std::uint64_t{0} - below(2));
    return ModelBkey::number(below(once_in(4) ? 1000 : 40));
  }
  std::string bytes;
  constexpr char kBytes[] = {0, 1, 0x7f, static_cast<char>(0xff)};
  for (std::uint32_t i = 1 + below(3); i > 0; --i) bytes += kBytes[below(4)];
  return ModelBkey::bytes(bytes);
}

std::string CollectionOperations::eflag() {
  std::string bytes;
  for (std::uint32_t i = below(4); i > 0; --i) bytes += static_cast<char>(below(3));
  return bytes;
}

ModelChoice CollectionOperations::choice(std::string& words, std::uint32_t most) {
  ModelChoice result;
  result.range.from = bkey();
  result.range.to = once_in(4) ? result.range.from : bkey(result.range.from.is_number);
  words = result.range.from.text();
  if (result.range.to.order != result.range.from.order) words += ".." + result.range.to.text();
  if (once_in(3)) {
    ModelFilter filter;
    filter.offset = below(3);
    filter.compare = one_of({"EQ", "NE", "LT", "GE"});
    const bool many = filter.compare == "EQ" || filter.compare == "NE";
    std::string values;
    for (std::uint32_t i = many ? 1 + below(2) : 1; i > 0; --i) {
      filter.values.emplace_back(1, static_cast<char>(below(3)));
      values += (values.empty() ? "" : ",") + hex(filter.values.back());
    }
    words += " " + std::to_string(filter.offset) + " " + filter.compare + " " + values;
    result.filter = filter;
  }
  if (most > 0 || once_in(2)) {
    if (once_in(3)) {
      result.offset = below(6);
      words += " " + std::to_string(result.offset);
      result.count = 1;
    }
    result.count = most > 0 ? 1 + below(most) : below(10);
    words += " " + std::to_string(result.count);
  }
  return result;
}

CollectionOperation CollectionOperations::bop_insert() {
  const std::string on = key();
  const ModelBkey where = bkey();
  const ModelElement element{eflag(), value()};
  std::string words;
  const auto made = create('b', words);
  const bool replace = once_in(3);
  const bool get_trimmed = once_in(4);
  return {(replace ? "bop upsert " : "bop insert ") + on + " " + where.text() +
              (element.eflag.empty() ? "" : " " + hex(element.eflag)) + " " +
              std::to_string(element.value.size()) + words + (get_trimmed ? " getrim" : "") +
              "\r\n" + element.value + "\r\n",
          [=](CollectionModel& model) {
            return model.bop_insert(on, where, element, replace, get_trimmed, made);
          }};
}

CollectionOperation CollectionOperations::bop_update() {
  const std::string on = key();
  const ModelBkey where = bkey();
  std::optional<std::string> other_eflag;
  std::optional<std::string> other_value;
  if (!once_in(3)) other_eflag = eflag();
  if (!once_in(3)) other_value = value();
  std::string line = "bop update " + on + " " + where.text();
  if (other_eflag) line += other_eflag->empty() ? " 0" : " " + hex(*other_eflag);
  line += other_value ? " " + std::to_string(other_value->size()) + "\r\n" + *other_value + "\r\n"
                      : " -1\r\n";
  return {line, [=](CollectionModel& model) {
            return model.bop_update(on, where, other_eflag, other_value);
          }};
}

CollectionOperation CollectionOperations::bop_read() {
  const std::string on = key();
  std::string words;
  ModelChoice what = choice(words, 0);
  if (once_in(4)) {
    what.offset = 0;
    const std::string how = one_of({"delete", "drop"});
    std::string range = words;
    if (what.count != 0 || words.ends_with(" 0")) range = words.substr(0, words.find(' '));
    if (range != words) what.count = 0;
    if (range != words) what.filter.reset();
    return {"bop delete " + on + " " + range + (how == "drop" ? " drop" : "") + "\r\n",
            [=](CollectionModel& model) { return model.bop_delete(on, what, how); }};
  }
  if (once_in(4)) {
    what = {what.range, std::nullopt, 0, 0};
    return {"bop count " + on + " " + words.substr(0, words.find(' ')) + "\r\n",
            [=](CollectionModel& model) { return model.bop_count(on, what); }};
  }
  const std::string how = once_in(2) ? "" : removal();
  return {"bop get " + on + " " + words + after_blank(how) + "\r\n",
          [=](CollectionModel& model) { return model.bop_get(on, what, how); }};
}

CollectionOperation CollectionOperations::bop_position() {
  const std::string on = key();
  const bool ascending = once_in(2);
  const std::string order = ascending ? "asc" : "desc";
  if (once_in(2)) {
    const ModelBkey where = bkey();
    return {"bop position " + on + " " + where.text() + " " + order + "\r\n",
            [=](CollectionModel& model) { return model.bop_position(on, where, ascending); }};
  }
  const std::size_t from = below(12);
  const std::size_t to = below(12);
  return {"bop gbp " + on + " " + order + " " + std::to_string(from) + ".." + std::to_string(to) +
              "\r\n",
          [=](CollectionModel& model) { return model.bop_gbp(on, ascending, from, to); }};
}

CollectionOperation CollectionOperations::bop_many() {
  std::vector<std::string> keys;
  for (int i = 0; i < 6; ++i) {
    if (once_in(2)) keys.push_back("k" + std::to_string(i));
  }
  if (keys.empty()) keys.push_back(key());
  const std::string list = joined(keys);
  std::string words;
  const ModelChoice what = choice(words, 12);
  const std::string line =
      std::to_string(list.size()) + " " + std::to_string(keys.size()) + " " + words;
  const std::string body = "\r\n" + list + "\r\n";
  if (once_in(2)) {
    return {"bop mget " + line + body,
            [=](CollectionModel& model) { return model.bop_mget(keys, what); }};
  }
  const bool unique = once_in(2);
  return {"bop smget " + line + (unique ? " unique" : " duplicate") + body,
          [=](CollectionModel& model) { return model.bop_smget(keys, what, unique); }};
}

}  // namespace arcus::tests
