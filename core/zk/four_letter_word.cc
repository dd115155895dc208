// four_letter_word(): ZooKeeper's plain-text status commands.
#include "core/base/tcp.h"
#include "core/base/text.h"
#include "core/zk/client.h"

namespace arcus::zk {
namespace {

Result<std::string> exchange(int fd, std::string_view word, Deadline deadline,
                             const Cancel* cancel) {
  if (auto sent = tcp::send_all(fd, word, deadline, cancel); !sent) return sent.error();
  std::string answer;
  while (true) {
    auto more = tcp::receive(fd, deadline, cancel);
    if (!more) return more.error();
    if (more->empty()) return answer;
    answer += *more;
  }
}

}  // namespace

Result<std::string> four_letter_word(const std::string& host, std::uint16_t port,
                                     std::string_view word, Deadline deadline,
                                     const Cancel* cancel) {
  const std::string context =
      "asking " + format_host_port({host, port}) + " for " + std::string(word);
  Result<UniqueFd> fd = tcp::connect(host, port, deadline, cancel);
  if (!fd) return fd.error().in(context);
  Result<std::string> answer = exchange(fd->get(), word, deadline, cancel);
  if (!answer) return answer.error().in(context);
  if (answer->find("is not executed because it is not in the whitelist") != std::string::npos) {
    return Error{ErrorCode::kRefused,
                 context +
                     ": the server doesn't allow it; add it to 4lw.commands.whitelist in its "
                     "zoo.cfg",
                 false};
  }
  return answer;
}

}  // namespace arcus::zk
