// lru_crawler: metadump shows every item; what else memcached has under this name sets its
// background work going, which here goes on by itself.
#include <array>
#include <string>

#include "daemon/command/command.h"
#include "daemon/command/line.h"

namespace arcus::daemon {
namespace {

// So many steps of the store before others have their turn.
constexpr int kStepsAtOnce = 8;

struct Dumping : Remembered {
  Store::Cursor cursor;
};

// As a URI writes it, so that a line has blanks only between its fields.
void add_encoded(Line& line, std::string_view key) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      line.add(c);
    } else {
      line.add('%');
      line.add(kDigits[byte >> 4]);
      line.add(kDigits[byte & 15]);
    }
  }
}

void add_item(Reply& reply, const ItemView& item, std::uint64_t cas) {
  const bool ends = item.expires != kNever && item.expires != kSticky;
  Line line(reply);
  line.add("key=");
  add_encoded(line, item.key);
  line.add(" exp=");
  line.add_signed(ends ? std::int64_t{item.expires} : -1);
  line.add(" la=");
  line.add_number(item.stored);
  line.add(" cas=");
  line.add_number(cas);
  line.add(item.fetched ? " fetch=yes" : " fetch=no");
  line.add(" cls=1 size=");
  line.add_number(item.key.size() + item.value.size());
  line.add('\n');
}

Progress dump_more(Call& call) {
  auto& state = call.session.remembered<Dumping>();
  const auto show = [&](const ItemView& item, std::uint64_t cas) {
    add_item(call.reply, item, cas);
  };
  for (int i = 0; i < kStepsAtOnce && !call.reply.full(); ++i) {
    const bool more = call.engine.store().visit(state.cursor, call.now, show);
    if (!more) return say(call, "END\r\n");
  }
  return call.session.yield(dump_more);
}

// "all", "hash", or classes, of which there is one.
bool names_class_1(std::string_view classes) {
  if (classes == "all" || classes == "hash") return true;
  while (!classes.empty()) {
    const auto comma = std::min(classes.find(','), classes.size());
    if (classes.substr(0, comma) == "1") return true;
    classes.remove_prefix(std::min(comma + 1, classes.size()));
  }
  return false;
}

Progress metadump(Call& call, std::string_view classes) {
  if (!names_class_1(classes)) return say(call, "BADCLASS invalid class id\r\n");
  call.session.remember<Dumping>();
  return dump_more(call);
}

Progress crawl(Call& call, std::string_view classes) {
  const bool known = classes != "hash" && names_class_1(classes);
  return say(call, known ? "OK\r\n" : "BADCLASS invalid class id\r\n");
}

Progress set_pace(Call& call, std::string_view name, std::string_view value) {
  constexpr std::uint32_t kLongestSleep = 1'000'000;
  const auto number = parse_u32(value);
  if (!number) return say(call, kBadLine);
  if (name == "sleep" && *number > kLongestSleep) {
    return say(call, "CLIENT_ERROR sleep must be one second or less\r\n");
  }
  return say(call, "OK\r\n");
}

}  // namespace

Progress command_lru_crawler(Call& call, const Request& request) {
  const Arguments arguments(request.arguments);
  const std::string_view name = arguments[0];
  const std::string_view value = arguments[1];
  if (arguments.count == 2) {
    if (name == "metadump") return metadump(call, value);
    if (name == "crawl") return crawl(call, value);
    if (name == "tocrawl" || name == "sleep") return set_pace(call, name, value);
  }
  if (arguments.count == 1) {
    if (name == "enable") return say(call, "OK\r\n");
    if (name == "disable") return say(call, "ERROR failed to stop lru crawler thread\r\n");
  }
  return say(call, kUnknownCommand);
}

}  // namespace arcus::daemon
