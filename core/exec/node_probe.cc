#include "core/exec/node_probe.h"

#include <thread>

#include "core/base/tcp.h"
#include "core/base/text.h"

namespace arcus::exec {
namespace {

constexpr std::size_t kAtOnce = 32;  // threads; each waits for one node at a time

// One request and its answer up to `end`.
Result<std::string> exchange(int fd, const std::string& request, const std::string& end,
                             Deadline deadline, const Cancel* cancel) {
  if (auto sent = tcp::send_all(fd, request, deadline, cancel); !sent) return sent.error();
  std::string answer;
  while (!answer.ends_with(end)) {
    auto more = tcp::receive(fd, deadline, cancel);
    if (!more) return more.error();
    if (more->empty()) {
      return Error{ErrorCode::kUnreachable, "it closed the connection: " + printable(answer), true};
    }
    answer += *more;
    if (answer.starts_with("ERROR") || answer.starts_with("SERVER_ERROR")) break;
  }
  return answer;
}

Status store_and_read_back(int fd, const std::string& address, Deadline deadline,
                           const Cancel* cancel) {
  const std::string key = "arcus:ping:" + address;
  const std::string value =
      "pong-" + std::to_string(Clock::real().wall().time_since_epoch().count());
  const std::string size = std::to_string(value.size());
  auto stored = exchange(fd, "set " + key + " 0 60 " + size + "\r\n" + value + "\r\n", "\r\n",
                         deadline, cancel);
  if (!stored) return stored.error();
  if (*stored != "STORED\r\n") {
    return Error{ErrorCode::kRemote, "it does not store: " + std::string(trim(*stored)), false};
  }
  auto read = exchange(fd, "get " + key + "\r\n", "END\r\n", deadline, cancel);
  if (!read) return read.error();
  if (*read != "VALUE " + key + " 0 " + size + "\r\n" + value + "\r\nEND\r\n") {
    return Error{ErrorCode::kRemote, "it gave back something else than was stored", false};
  }
  auto deleted = exchange(fd, "delete " + key + "\r\n", "\r\n", deadline, cancel);
  return deleted.ok() ? Status() : Status(deleted.error());
}

Status ask(const cluster::Node& node, bool write, Deadline deadline, const Cancel* cancel,
           NodeAnswer& answer) {
  auto fd = tcp::connect(node.ip, node.port, deadline, cancel);
  if (!fd) return fd.error();
  const auto begun = Clock::real().now();
  auto version = exchange(fd->get(), "version\r\n", "\r\n", deadline, cancel);
  if (!version) return version.error();
  answer.latency =
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::real().now() - begun);
  if (!version->starts_with("VERSION ")) {
    return Error{ErrorCode::kRemote, "it is no cache node: " + printable(trim(*version)), false};
  }
  answer.version = printable(trim(version->substr(8)));
  return write ? store_and_read_back(fd->get(), node.address(), deadline, cancel) : Status();
}

}  // namespace

std::vector<NodeAnswer> ask_nodes(const std::vector<cluster::Node>& nodes, bool write,
                                  Deadline deadline, const Cancel* cancel) {
  std::vector<NodeAnswer> answers(nodes.size());
  std::vector<std::thread> threads;
  const std::size_t width = std::min(kAtOnce, nodes.size());
  for (std::size_t first = 0; first < width; ++first) {
    threads.emplace_back([&, first] {
      for (std::size_t i = first; i < nodes.size(); i += width) {
        answers[i].address = nodes[i].address();
        const auto asked = ask(nodes[i], write, deadline, cancel, answers[i]);
        if (!asked.ok()) answers[i].error = asked.error().message;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  return answers;
}

}  // namespace arcus::exec
