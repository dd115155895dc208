// mget, mgets: get and gets with the keys in a body, so that their number is known beforehand.
#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include "daemon/command/attention.h"
#include "daemon/command/key_list.h"
#include "daemon/command/receiving.h"
#include "daemon/command/retrieval.h"

namespace arcus::daemon {
namespace {

enum Mode : int { kPlain, kWithCas };

struct Header {
  std::uint32_t size = 0;
  std::uint32_t count = 0;
};

std::optional<Header> parse_header(const Arguments& arguments) {
  const auto size = parse_u32(arguments[0]);
  const auto count = parse_u32(arguments[1]);
  if (!size || !count || *size == 0 || *count == 0 || *size > kMostBytes) return std::nullopt;
  return Header{*size, *count};
}

Progress answer_more(Call& call);

// The keys lie in the session, separated by blanks.
Progress answer(Call& call, Receiving& state) {
  const std::string_view keys = state.body().substr(0, state.size - 2);
  const std::string_view left =
      answer_keys(call, state.mode == kWithCas, keys.substr(state.done));
  if (left.data() == nullptr) return say(call, "END\r\n");
  state.done = static_cast<std::size_t>(left.data() - keys.data());
  call.stats.conn_yields.add();
  return call.session.yield(answer_more);
}

Progress answer_more(Call& call) {
  return answer(call, call.session.remembered<Receiving>());
}

Progress keys_arrived(Call& call) {
  auto& state = call.session.remembered<Receiving>();
  const std::uint32_t count = parse_header(Arguments(state.arguments))->count;
  const std::string_view keys = state.body().substr(0, state.size - 2);
  if (!state.body().ends_with("\r\n")) return say(call, kBadChunk);
  if (!is_key_list(keys, count, ' ')) {
    // As old clients write it. A comma may be part of a key, so this comes second.
    if (!is_key_list(keys, count, ',') || keys.find(' ') != std::string_view::npos) {
      return say(call, kBadChunk);
    }
    std::replace(state.data(), state.data() + keys.size(), ',', ' ');
  }
  if ((call.attention & Engine::kDetail) != 0) count_gets_in_detail(call, keys);
  return answer(call, state);
}

// Keeps what the read buffer holds for the steps to come.
Progress keep(Call& call, const Request& request, std::string_view body, int mode) {
  auto& state = call.session.remember<Receiving>();
  state.arguments = std::string(request.arguments);
  state.mode = mode;
  state.size = body.size();
  state.small = std::make_unique_for_overwrite<char[]>(body.size());
  std::memcpy(state.small.get(), body.data(), body.size());
  return keys_arrived(call);
}

// As most requests come: with their keys, and with an answer that goes out at once.
Progress answer_at_once(Call& call, const Request& request, const Header& header, int mode) {
  const std::string_view body = call.take_body(request);
  const std::string_view keys = body.substr(0, header.size);
  if (!body.ends_with("\r\n") || !is_key_list(keys, header.count, ' ')) {
    return keep(call, request, body, mode);
  }
  if ((call.attention & Engine::kDetail) != 0) count_gets_in_detail(call, keys);
  const std::string_view left = answer_keys(call, mode == kWithCas, keys);
  if (left.data() == nullptr) return say(call, "END\r\n");
  auto& state = call.session.remember<Receiving>();
  state.mode = mode;
  state.size = static_cast<std::size_t>(body.data() + body.size() - left.data());
  state.small = std::make_unique_for_overwrite<char[]>(state.size);
  std::memcpy(state.small.get(), left.data(), state.size);
  call.stats.conn_yields.add();
  return call.session.yield(answer_more);
}

Progress mget(Call& call, const Request& request, int mode) {
  const Arguments arguments(request.arguments);
  if (arguments.count != 2) return say(call, kUnknownCommand);
  const auto header = parse_header(arguments);
  if (!header) return say(call, kBadLine);
  if (header->count > kMostListedKeys || !key_list_fits(header->size, header->count)) {
    say(call, "CLIENT_ERROR bad value\r\n");
    return swallow(call, request, header->size);
  }
  if (request.has_body) return answer_at_once(call, request, *header, mode);
  if (!receive(call, request, header->size, mode, keys_arrived)) {
    say(call, "SERVER_ERROR out of memory\r\n");
    return swallow(call, request, header->size);
  }
  return Progress::kNeedBody;
}

}  // namespace

Progress command_mget(Call& call, const Request& request) {
  return mget(call, request, kPlain);
}
Progress command_mgets(Call& call, const Request& request) {
  return mget(call, request, kWithCas);
}

}  // namespace arcus::daemon
