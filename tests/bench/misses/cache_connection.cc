#include "tests/bench/misses/cache_connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "core/base/clock.h"
#include "core/base/tcp.h"

namespace arcus::bench::misses {
namespace {

using KeyText = std::array<char, kGreatestKeySize>;

Deadline patience() {
  return Deadline::in(std::chrono::seconds(10));
}

std::string_view text_of(const Request& request, KeyText& to) {
  write_key(request, to.data());
  return {to.data(), request.key_size};
}

// A value begins with its key, as far as it goes.
std::string_view beginning_of_value(std::string_view key, std::size_t value_size) {
  return key.substr(0, std::min<std::size_t>(value_size, kLeastKeySize));
}

Error unexpected(std::string_view answer) {
  return invalid("unexpected answer: " + printable(answer.substr(0, 80)));
}

// VALUE <key> <flags> <bytes>
struct ValueLine {
  std::string_view key;
  std::uint64_t bytes = 0;
};
Result<ValueLine> parse_value_line(std::string_view line) {
  constexpr std::string_view kWord = "VALUE ";
  const std::size_t key_end = line.find(' ', kWord.size());
  const std::size_t last = line.rfind(' ');
  if (!line.starts_with(kWord) || last <= key_end) return unexpected(line);
  const auto bytes = parse_number(line.substr(last + 1));
  if (!bytes) return unexpected(line);
  return ValueLine{line.substr(kWord.size(), key_end - kWord.size()), *bytes};
}

}  // namespace

Result<CacheConnection> CacheConnection::open(const HostPort& server) {
  Result<UniqueFd> fd = tcp::connect(server.host, server.port, patience());
  if (!fd) return fd.error().in(format_host_port(server));
  const int on = 1;
  ::setsockopt(fd->get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return CacheConnection(std::move(*fd));
}

void CacheConnection::append_set(const Request& request) {
  KeyText text;
  const std::string_view key = text_of(request, text);
  const std::string_view beginning = beginning_of_value(key, request.value_size);
  out_.append("set ").append(key).append(" 0 0 ").append(std::to_string(request.value_size));
  out_.append("\r\n").append(beginning);
  out_.append(request.value_size - beginning.size(), 'v').append("\r\n");
}

Status CacheConnection::send(const std::vector<Request>& sets, const std::vector<Request>& gets) {
  out_.clear();
  for (const Request& request : sets) append_set(request);
  if (!gets.empty()) {
    out_ += "get";
    for (const Request& request : gets) {
      KeyText text;
      out_.append(" ").append(text_of(request, text));
    }
    out_ += "\r\n";
  }
  return tcp::send_all(fd_.get(), out_, patience());
}

Result<CacheConnection::Answers> CacheConnection::receive(const std::vector<Request>& sets,
                                                          const std::vector<Request>& gets) {
  Answers answers;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const Result<std::string_view> line = read_line();
    if (!line) return line.error();
    if (line->starts_with("SERVER_ERROR")) {
      ++answers.refused;
    } else if (*line != "STORED") {
      return unexpected(*line);
    }
  }
  answers.hits.assign(gets.size(), false);
  if (gets.empty()) return answers;
  if (const Status read = read_values(gets, answers); !read) return read.error();
  return answers;
}

Status CacheConnection::read_values(const std::vector<Request>& gets, Answers& answers) {
  // Values come in the order of the keys; whose is left out was missed.
  for (std::size_t at = 0;;) {
    const Result<std::string_view> line = read_line();
    if (!line) return line.error();
    if (*line == "END") return {};
    const Result<ValueLine> value = parse_value_line(*line);
    if (!value) return value.error();
    KeyText text;
    while (at < gets.size() && text_of(gets[at], text) != value->key) ++at;
    if (at == gets.size()) return unexpected(*line);
    const std::uint64_t bytes = value->bytes;
    const Result<std::string_view> data = read_bytes(bytes + 2);
    if (!data) return data.error();
    const std::string_view beginning = beginning_of_value({text.data(), gets[at].key_size}, bytes);
    if (!data->starts_with(beginning) || !data->ends_with("\r\n")) {
      return invalid("a value that is not its key's");
    }
    answers.hits[at++] = true;
  }
}

Result<std::string_view> CacheConnection::read_line() {
  for (std::size_t looked_at = taken_;;) {
    const std::size_t end = in_.find("\r\n", looked_at);
    if (end != in_.npos) {
      const std::size_t begin = std::exchange(taken_, end + 2);
      return std::string_view(in_).substr(begin, end - begin);
    }
    if (const Status more = read_more(); !more) return more.error();
    looked_at = taken_;
  }
}

Result<std::string_view> CacheConnection::read_bytes(std::size_t count) {
  while (in_.size() - taken_ < count) {
    if (const Status more = read_more(); !more) return more.error();
  }
  const std::size_t begin = std::exchange(taken_, taken_ + count);
  return std::string_view(in_).substr(begin, count);
}

Status CacheConnection::read_more() {
  in_.erase(0, std::exchange(taken_, 0));
  const Result<std::string> bytes = tcp::receive(fd_.get(), patience());
  if (!bytes) return bytes.error();
  if (bytes->empty()) return Error{ErrorCode::kUnreachable, "the server has closed", false};
  in_ += *bytes;
  return {};
}

}  // namespace arcus::bench::misses
