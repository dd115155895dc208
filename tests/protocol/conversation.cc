#include "tests/protocol/conversation.h"

#include <chrono>
#include <fstream>
#include <map>
#include <stdexcept>
#include <thread>

#include "core/base/text.h"
#include "tests/protocol/engine_process.h"

namespace arcus::tests {
namespace {

using Names = std::map<std::string, std::string>;

// "{x*3}" at `at`: appends xxx, and moves behind it. False when it is not one.
bool repetition(const std::string& text, std::size_t& at, std::string& out) {
  const auto star = text.find('*', at);
  const auto end = text.find('}', at);
  if (star == std::string::npos || end == std::string::npos || star > end) return false;
  const auto count = parse_number(text.substr(star + 1, end - star - 1));
  if (!count || star == at + 1) return false;
  const std::string unit = text.substr(at + 1, star - at - 1);
  for (std::uint64_t i = 0; i < *count; ++i) out += unit;
  at = end;
  return true;
}

std::string unescape(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{' && repetition(text, i, out)) continue;
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char next = text[++i];
    if (next == 'r') out += '\r';
    if (next == 'n') out += '\n';
    if (next == '\\') out += '\\';
    if (next == 'x') {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    }
  }
  return out;
}

void add_directive(Conversation& conversation, const std::string& text, int line, bool& ours_only) {
  const auto words = split(text, ' ');
  if (words[0] == "!server") {
    conversation.server_arguments.assign(words.begin() + 1, words.end());
  } else if (text.starts_with("!peer no: ")) {
    conversation.for_peer = false;
  } else if (text.starts_with("!ours: ")) {
    ours_only = true;
  } else if (text == "!both") {
    ours_only = false;
  } else if (words[0] == "!wait" && words.size() == 2) {
    conversation.steps.push_back({Conversation::Kind::kWait, words[1], line, true, !ours_only});
  } else {
    throw std::runtime_error("unknown directive " + text);
  }
}

void add_line(Conversation& conversation, const std::string& text, int line, bool& ours_only) {
  using Kind = Conversation::Kind;
  const auto add_for = [&](bool ours, bool peer, Kind kind, std::size_t prefix, const char* end) {
    const std::string rest = text.size() > prefix ? text.substr(prefix) : "";
    conversation.steps.push_back({kind, unescape(rest) + end, line, ours, peer});
  };
  const auto add = [&](Kind kind, std::size_t prefix, const char* end) {
    add_for(true, !ours_only, kind, prefix, end);
  };
  if (text.empty() || text[0] == '#') return;
  if (text[0] == '!') return add_directive(conversation, text, line, ours_only);
  if (text == "<EOF") return add(Kind::kExpectEnd, text.size(), "");
  if (text.starts_with("<ours ")) return add_for(true, false, Kind::kExpect, 6, "\r\n");
  if (text.starts_with("<peer ")) return add_for(false, true, Kind::kExpect, 6, "\r\n");
  if (text.starts_with(">| ")) return add(Kind::kSend, 3, "");
  if (text.starts_with("<... ")) return add(Kind::kSkipTo, 5, "\r\n");
  if (text == ">" || text.starts_with("> ")) return add(Kind::kSend, 2, "\r\n");
  if (text == "<" || text.starts_with("< ")) return add(Kind::kExpect, 2, "\r\n");
  throw std::runtime_error("not a line of a conversation: " + text);
}

std::string shortened(const std::string& text) {
  const std::string clean = printable(text);
  return clean.size() <= 200 ? clean : clean.substr(0, 200) + "...";
}

std::string fill_in(std::string text, const Names& names) {
  for (const auto& [name, value] : names) {
    const std::string mark = "$" + name + "$";
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
      text.replace(at, mark.size(), value);
    }
  }
  return text;
}

// Whether `got` is as expected; a name that stands for nothing yet takes its word from `got`.
bool matches(std::string expected, const std::string& got, Names& names) {
  expected = fill_in(expected, names);
  const auto open = expected.find('$');
  const auto close = open == std::string::npos ? open : expected.find('$', open + 1);
  if (close == std::string::npos) return expected == got;
  if (got.compare(0, open, expected, 0, open) != 0) return false;
  const auto end = std::min(got.find_first_of(" \r", open), got.size());
  names[expected.substr(open + 1, close - open - 1)] = got.substr(open, end - open);
  return matches(expected, got, names);
}

std::string as_memcached_says(const std::string& expected) {
  return expected == "ERROR unknown command\r\n" ? "ERROR\r\n" : expected;
}

}  // namespace

Conversation load_conversation(const std::string& path) {
  Conversation conversation;
  conversation.path = path;
  std::ifstream file(path);
  std::string text;
  int line = 0;
  bool ours_only = false;
  while (std::getline(file, text)) {
    ++line;
    try {
      add_line(conversation, text, line, ours_only);
    } catch (const std::exception& error) {
      throw std::runtime_error(path + ":" + std::to_string(line) + ": " + error.what());
    }
  }
  if (conversation.steps.empty()) throw std::runtime_error(path + ": says nothing");
  return conversation;
}

std::string play(const Conversation& conversation, std::uint16_t port, bool peer) {
  using Kind = Conversation::Kind;
  Client client(port);
  Names names;
  for (const auto& step : conversation.steps) {
    if (!(peer ? step.peer : step.ours)) continue;
    const auto differs = [&](const std::string& got) {
      return conversation.path + ":" + std::to_string(step.line) +
             "\n  expected: " + shortened(step.text) + "\n  got:      " + shortened(got);
    };
    if (step.kind == Kind::kSend) client.send(fill_in(step.text, names));
    if (step.kind == Kind::kWait) {
      std::this_thread::sleep_for(std::chrono::milliseconds(std::stoi(step.text)));
    }
    if (step.kind == Kind::kExpectEnd && !client.closed_by_peer()) return differs("no end");
    if (step.kind == Kind::kSkipTo) {
      std::string got = client.line();
      while (!got.empty() && !matches(step.text, got + "\r\n", names)) got = client.line();
      if (got.empty()) return differs("nothing more");
    }
    if (step.kind == Kind::kExpect) {
      const std::string expected = peer ? as_memcached_says(step.text) : step.text;
      // A value may hold line ends of its own.
      const bool open = fill_in(expected, names).find('$') != std::string::npos;
      const std::string got =
          open ? client.line() + "\r\n" : client.receive(fill_in(expected, names).size());
      if (!matches(expected, got, names)) return differs(got + client.receive(200, 50));
    }
  }
  const std::string rest = client.receive(200, 20);
  return rest.empty() ? "" : conversation.path + ": more came than expected: " + shortened(rest);
}

}  // namespace arcus::tests
