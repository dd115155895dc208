#include "tests/protocol/request_generator.h"

#include <algorithm>

namespace arcus::tests {

std::string RequestGenerator::next(std::size_t ids) {
  ids_ = ids;
  constexpr Maker kMakers[] = {
      &RequestGenerator::get,         &RequestGenerator::get,
      &RequestGenerator::store,       &RequestGenerator::store,
      &RequestGenerator::store,       &RequestGenerator::arithmetic,
      &RequestGenerator::remove,      &RequestGenerator::touch,
      &RequestGenerator::meta_get,    &RequestGenerator::meta_get,
      &RequestGenerator::meta_get,    &RequestGenerator::meta_set,
      &RequestGenerator::meta_set,    &RequestGenerator::meta_set,
      &RequestGenerator::meta_delete, &RequestGenerator::meta_arithmetic,
      &RequestGenerator::other,
  };
  const std::string request = (this->*kMakers[below(std::size(kMakers))])();
  return once_in(12) ? damaged(request) : request;
}

std::string RequestGenerator::key() {
  const std::vector<std::string> all = keys();
  const auto last = static_cast<std::uint32_t>(all.size() - 1);
  return all[once_in(20) ? last : below(last)];
}

std::vector<std::string> RequestGenerator::keys() {
  return {"a", "b", "cc", "d:1", "e\x01", "noreply", std::string(250, 'k')};
}

std::string RequestGenerator::value() {
  switch (below(8)) {
    case 0:
      return "";
    case 1:
    case 2:
      return std::to_string(below(2000));
    case 3:
      return one_of("18446744073709551615", "007", " 7", "7 ", "1 2", "99", "9x", "x\r\n");
    case 4:
      return std::string(below(300), 'v');
    case 5:
      // A longer one would be too long a line for memcached, should it be taken for one.
      return std::string(below(2000), 'V');
    default:
      return one_of("x", "yy", "END\r\nget a", "value");
  }
}

std::string RequestGenerator::with_value(const std::string& line, const std::string& value) {
  std::string text = value + "\r\n";
  if (once_in(25)) text.insert(0, "+");
  if (once_in(25)) text.erase(0, 1);
  return line + "\r\n" + text;
}

std::string RequestGenerator::cas() {
  if (ids_ == 0 || once_in(6)) return one_of("0", "1", "18446744073709551615");
  // Of the last ones: they are the likely ones.
  const auto back = below(static_cast<std::uint32_t>(std::min<std::size_t>(ids_, 4)));
  return "{" + std::to_string(ids_ - 1 - back) + "}";
}

std::string RequestGenerator::get() {
  std::string request = one_of("get", "get", "gets", "gat 0", "gats 100", "gat -2", "gat");
  const std::uint32_t keys = once_in(6) ? below(60) : 1 + below(3);
  for (std::uint32_t i = 0; i < keys; ++i) request += " " + key();
  return request + "\r\n";
}

std::string RequestGenerator::store() {
  const std::string verb =
      one_of("set", "set", "set", "add", "replace", "append", "prepend", "cas");
  const std::string bytes = value();
  std::string line = verb + " " + key() + " " + one_of("0", "0", "7", "4294967295") + " " +
                     one_of("0", "0", "0", "100", "-2") + " " + std::to_string(bytes.size());
  if (verb == "cas") line += " " + cas();
  return with_value(line + noreply(), bytes);
}

std::string RequestGenerator::arithmetic() {
  return one_of("incr", "decr") + " " + key() + " " +
         one_of("1", "1", "10", "0", "18446744073709551615", "x", "-1") + noreply() + "\r\n";
}

std::string RequestGenerator::remove() {
  return "delete " + key() + one_of("", "", "", " 0", " 1", " 0 noreply", " noreply") + "\r\n";
}

std::string RequestGenerator::touch() {
  return "touch " + key() + " " + one_of("0", "100", "-2", "x") + noreply() + "\r\n";
}

std::string RequestGenerator::flag(char letter) {
  const std::string name(1, letter);
  switch (letter) {
    case 'O':
      return name + std::to_string(below(1000));
    case 'T':
    case 'N':
      return name + one_of("0", "100", "-2", "");
    case 'R':
      return name + one_of("10", "1000", "0");
    case 'F':
      return name + one_of("0", "5", "x");
    case 'C':
      return name + cas();
    case 'D':
    case 'J':
      return name + one_of("0", "3", "18446744073709551615", "y");
    case 'M':
      return name + one_of("A", "P", "E", "R", "S", "I", "D", "+", "-", "z", "");
    default:
      return name;
  }
}

std::string RequestGenerator::flags(std::string_view letters) {
  std::string text;
  const std::uint32_t count = below(5);
  for (std::uint32_t i = 0; i < count; ++i) {
    const char letter = letters[below(static_cast<std::uint32_t>(letters.size()))];
    text += " " + flag(letter);
  }
  if (once_in(30)) text += one_of(" ~", " 1", " z", " kkk");
  return text;
}

std::string RequestGenerator::meta_get() {
  return "mg " + key() + flags("vvvsstfckkOqTTNRu") + "\r\n";
}

std::string RequestGenerator::meta_set() {
  const std::string bytes = value();
  std::string text = flags("kOqcCCFTMMM");
  // Which of two ids is older is a matter of the server's, if they are not of one key.
  if (text.find(" C") == std::string::npos && once_in(3))
    text += one_of(" I C1", " C1 I", " C0 I", " I");
  return with_value("ms " + key() + " " + std::to_string(bytes.size()) + text, bytes);
}

std::string RequestGenerator::meta_delete() {
  return "md " + key() + flags("kOqCIIT") + "\r\n";
}

std::string RequestGenerator::meta_arithmetic() {
  std::string text = flags("kOctvvvNJDMTCq");
  // The peer tells what it has made in spite of q.
  if (text.find(" N") != std::string::npos) std::erase(text, 'q');
  return "ma " + key() + text + "\r\n";
}

std::string RequestGenerator::other() {
  const std::string whole =
      one_of("mn", "version", "verbosity 0", "frob", "", "GET a", "get", "ge a", "mx a", "me none",
             "flush", "incr", "ms a", "mg", "set a 0 0", "touch a", "verbosity", "stats nothing");
  return whole + "\r\n";
}

std::string RequestGenerator::damaged(std::string request) {
  const std::size_t end = request.find("\r\n");
  switch (below(4)) {
    case 0:
      return "  " + request;
    case 1:
      return request.insert(end, " ");
    case 2:  // a bare newline
      return request.erase(end, 1);
    default: {
      const std::size_t blank = request.find(' ');
      return blank < end ? request.insert(blank, "  ") : request;
    }
  }
}

}  // namespace arcus::tests
