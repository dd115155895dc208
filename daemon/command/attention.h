// Attention: who wants to see every request before it is carried out. While nobody does, a request
// costs one look at a number on the stack; the engine is asked once a turn.
//
// `stats detail` counts here what it can know from the line alone. A command whose keys or hits only
// it knows itself says so with count_detail().
#pragma once

#include <string>
#include <string_view>

#include "daemon/command/session.h"

namespace arcus::daemon {

struct SubcommandCounts;
enum class Outcome;

// The client's address, for the logs, and the request's line.
std::string client_ip(Call& call);
std::string_view line_of(const Request& request);

// For requests while call.attention is not 0: a further piece of keys, and a whole request.
void attend(Call& call, const Request& request);
Progress carry_out_watched(Call& call, const Request& request);
// A line that is no command's.
void note_unknown(Call& call, const Request& request);

void count_in_detail(Call& call, std::string_view key, Operation operation, bool hit);
// Of a command of collections.
void count_in_detail(Call& call, std::string_view key, const SubcommandCounts& counts,
                     Outcome outcome);
inline void count_detail(Call& call, std::string_view key, Operation operation, bool hit) {
  if ((call.attention & Engine::kDetail) != 0) [[unlikely]] {
    count_in_detail(call, key, operation, hit);
  }
}
// Of get: which are there is looked up once more, since its way is not to be any longer for this.
void count_gets_in_detail(Call& call, std::string_view keys);

}  // namespace arcus::daemon
