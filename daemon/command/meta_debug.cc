// mn and me, the meta commands without flags.
#include <algorithm>
#include <string>

#include "daemon/command/base64.h"
#include "daemon/command/command.h"
#include "daemon/command/line.h"

namespace arcus::daemon {

Progress command_mn(Call& call, const Request&) {
  return say(call, "MN\r\n");
}

Progress command_me(Call& call, const Request& request) {
  const Arguments arguments(request.arguments);
  const std::string_view word = arguments[0];
  if (arguments.count == 0 || word.size() > kMaxKey) return say(call, kBadLine);
  Store& store = call.engine.store();
  Key key{word, request.hash};
  std::string decoded;
  if (arguments.count > 1 && arguments[1] == "b") {
    auto bytes = from_base64(word);
    if (!bytes || bytes->empty()) return say(call, kBadLine);
    decoded = std::move(*bytes);
    key = store.key(decoded);
  }
  call.stats.cmd_meta.add();
  Access item = store.access(key, call.now);
  if (!item) return say(call, "EN\r\n");
  const bool ends = item->expires != kNever && item->expires != kSticky;
  Line line(call.reply);
  line.add("ME ");
  line.add(word);
  line.add(" exp=");
  line.add_signed(ends ? std::int64_t{call.now} - item->expires : -1);
  line.add(" la=");
  line.add_number(call.now - std::min(call.now, item->stored));
  line.add(" cas=");
  line.add_number(item.cas());
  line.add(item->fetched ? " fetch=yes" : " fetch=no");
  line.add(" cls=1 size=");
  line.add_number(key.text.size() + item->value.size());
  line.add("\r\n");
  return Progress::kDone;
}

}  // namespace arcus::daemon
