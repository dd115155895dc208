// scan key, scan prefix: all keys or prefixes, some at a time. What goes on from where lies in the
// cursor alone, which the client brings back.
#include <map>
#include <optional>
#include <string>

#include "daemon/command/attributes.h"
#include "daemon/command/pattern.h"
#include "daemon/command/prefix.h"
#include "daemon/command/prefix_counts.h"
#include "daemon/command/times.h"

namespace arcus::daemon {
namespace {

constexpr std::size_t kMostCursor = 31;
constexpr std::uint32_t kMostCount = 2000;
// However few items there are in them, one call looks at no more buckets.
constexpr int kMostBuckets = 4096;

struct Terms {
  std::uint64_t cursor = 0;
  std::uint32_t count = 20;
  std::string pattern;  // empty: all
  unsigned types = kAnyType;

  bool wants(std::string_view name) const { return pattern.empty() || matches(pattern, name); }
};

std::optional<unsigned> types_of(std::string_view word) {
  if (word == "A") return kAnyType;
  for (const ItemType type : {kKeyValue, kList, kSet, kMap, kBTree}) {
    if (word.size() == 1 && word[0] == type_letter(type)) return type;
  }
  return std::nullopt;
}

// What is wrong with them, or nothing.
std::string_view read(Words words, bool of_keys, Terms& terms) {
  const std::string_view cursor = words.next();
  if (cursor.size() > kMostCursor) return "CLIENT_ERROR bad cursor value\r\n";
  for (auto name = words.next(); !name.empty(); name = words.next()) {
    const std::string_view value = words.next();
    if (value.empty()) return kBadLine;
    if (name == "count") {
      terms.count = parse_u32(value).value_or(0);
      if (terms.count == 0 || terms.count > kMostCount) return "CLIENT_ERROR bad count value\r\n";
    } else if (name == "match") {
      if (!is_pattern(value)) return "CLIENT_ERROR bad pattern string\r\n";
      terms.pattern = std::string(value);
    } else if (name == "type" && of_keys) {
      const auto types = types_of(value);
      if (!types) return "CLIENT_ERROR bad item type\r\n";
      terms.types = *types;
    } else {
      return kBadLine;
    }
  }
  const auto place = parse_u64(cursor);
  if (!place) return "CLIENT_ERROR invalid cursor\r\n";
  terms.cursor = *place;
  return {};
}

Progress answer(Call& call, std::string_view what, std::size_t found, std::uint64_t cursor,
                std::string_view lines) {
  Line line(call.reply);
  line.add(what);
  line.add(' ');
  line.add_number(found);
  line.add(' ');
  line.add_number(cursor);
  line.add("\r\n");
  line.add(lines);
  line.add("END\r\n");
  return Progress::kDone;
}

Progress scan_keys(Call& call, Terms terms) {
  std::string lines;
  std::size_t found = 0;
  std::size_t seen = 0;
  const auto show = [&](const ItemView& item, std::uint64_t) {
    ++seen;
    const ItemType type = type_of(item);
    if ((type & terms.types) == 0 || !terms.wants(item.key)) return;
    ++found;
    lines += item.key;
    lines += {' ', type_letter(type), ' '};
    lines += std::to_string(seconds_left(item, call.now)) + "\r\n";
  };
  for (int i = 0; i < kMostBuckets && seen < terms.count && lines.size() < Reply::kFull; ++i) {
    terms.cursor = call.engine.store().scan(terms.cursor, call.now, show);
    if (terms.cursor == 0) break;
  }
  return answer(call, "KEYS", found, terms.cursor, lines);
}

// Prefixes are found by their items, so each call walks through all of those. It keeps the first few
// prefixes behind the cursor, in the order of their hashes.
struct ScanningPrefixes : Remembered {
  struct Found {
    std::string name;
    PrefixCount count;
  };

  Terms terms;
  std::uint64_t place = 0;  // in the store
  std::map<std::uint64_t, Found> found;
  bool left_out = false;  // some lie behind those

  void add(const ItemView& item, const Store& store, char delimiter);
};

void ScanningPrefixes::add(const ItemView& item, const Store& store, char delimiter) {
  const std::string_view name = prefix_of(item.key, delimiter);
  const std::uint64_t hash = store.key(name).hash;
  if (hash <= terms.cursor) return;
  auto at = found.find(hash);
  if (at == found.end()) {
    if (left_out && hash > found.rbegin()->first) return;
    if (!terms.wants(name.empty() ? kNullPrefix : name)) return;
    at = found.emplace(hash, Found{std::string(name), PrefixCount()}).first;
    if (found.size() > terms.count) {
      left_out = true;
      const bool itself = std::next(at) == found.end();
      found.erase(std::prev(found.end()));
      if (itself) return;
    }
  }
  at->second.count.add(item);
}

Progress scan_more_prefixes(Call& call) {
  auto& state = call.session.remembered<ScanningPrefixes>();
  Store& store = call.engine.store();
  const char delimiter = call.engine.config().prefix_delimiter;
  const auto add = [&](const ItemView& item, std::uint64_t) { state.add(item, store, delimiter); };
  for (int i = 0; i < kBucketsAtOnce; ++i) {
    state.place = store.scan(state.place, call.now, add);
    if (state.place == 0) break;
  }
  if (state.place != 0) return call.session.yield(scan_more_prefixes);
  std::string lines;
  for (const auto& [hash, one] : state.found) {
    lines += one.name.empty() ? std::string(kNullPrefix) : one.name;
    lines += " " + std::to_string(one.count.all_items()) + " " +
             std::to_string(one.count.all_bytes()) + " " + compact_time(one.count.oldest) + "\r\n";
  }
  const std::uint64_t cursor = state.left_out ? state.found.rbegin()->first : 0;
  return answer(call, "PREFIXES", state.found.size(), cursor, lines);
}

}  // namespace

Progress command_scan(Call& call, const Request& request) {
  Words words(request.arguments);
  const std::string_view what = words.next();
  if (Words(words).next().empty()) return say(call, kUnknownCommand);
  if (what != "key" && what != "prefix") return say(call, kBadLine);
  Terms terms;
  const std::string_view wrong = read(words, what == "key", terms);
  if (!wrong.empty()) return say(call, wrong);
  if (what == "key") return scan_keys(call, std::move(terms));
  call.session.remember<ScanningPrefixes>().terms = std::move(terms);
  return scan_more_prefixes(call);
}

}  // namespace arcus::daemon
