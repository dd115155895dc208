#include "daemon/command/receiving.h"

#include <utility>

namespace arcus::daemon {

Received Receiving::take() {
  const std::string_view whole = body();
  return {whole, std::move(large)};
}

bool receive(Call& call, const Request& request, std::size_t size, int mode, Continuation then) {
  Store& store = call.engine.store();
  LargeRef large;
  if (store.is_large(size)) {
    large = store.allocate_large(size, call.now);
    if (!large) return false;
  }
  auto& state = call.session.remember<Receiving>();
  state.arguments = std::string(request.arguments);
  state.hash = request.hash;
  state.mode = mode;
  state.size = size + 2;
  state.large = std::move(large);
  if (!state.large) state.small = std::make_unique_for_overwrite<char[]>(state.size);
  call.session.need_body(state.large ? state.large->data() : state.small.get(), state.size, then);
  return true;
}

Progress swallow(Call& call, const Request& request, std::size_t size) {
  if (request.has_body) {
    call.take_body(request);
    return Progress::kDone;
  }
  const auto passed_over = [](Call&) { return Progress::kDone; };
  return call.session.need_body(nullptr, size + 2, passed_over);
}

}  // namespace arcus::daemon
