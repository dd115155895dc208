#include "tests/bench/load/options.h"

#include <charconv>
#include <optional>
#include <string_view>

#include "core/base/text.h"

namespace arcus::bench {
namespace {

template <typename Number>
bool read(std::string_view text, Number& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size();
}

bool read_ratio(const std::string& text, Options& options) {
  const auto parts = split(text, ':');
  if (parts.size() < 2 || parts.size() > 3) return false;
  options.deletes = 0;
  return read(parts[0], options.gets) && read(parts[1], options.sets) &&
         (parts.size() == 2 || read(parts[2], options.deletes));
}

bool read_sizes(const std::string& text, Sizes& sizes) {
  const auto parts = split(text, '-');
  if (parts.size() > 2 || !read(parts.front(), sizes.value_min)) return false;
  return read(parts.back(), sizes.value_max);
}

bool read_keys(const std::string& text, Options& options) {
  if (text == "uniform") {
    options.zipf = 0;
    return true;
  }
  options.zipf = 0.99;
  return text == "zipf" ||
         (text.starts_with("zipf:") && read(text.substr(5), options.zipf) && options.zipf > 0);
}

template <typename Value>
bool choose(bool chosen, Value value, Value& into) {
  if (chosen) into = value;
  return chosen;
}

struct Flag {
  std::string_view name;
  std::string_view value;  // what stands for it in the help; empty: the flag takes none
  std::string_view help;
  bool (*set)(const std::string& text, Options& options);
};

// A flag without a value is set by the empty text.
const std::vector<Flag>& flags() {
  static const std::vector<Flag> kFlags = {
      {"host", "ADDR", "the server's address (127.0.0.1)",
       [](const std::string& text, Options& o) {
         o.host = text;
         return !text.empty();
       }},
      {"port", "NUM", "the server's port (11211)",
       [](const std::string& text, Options& o) { return read(text, o.port); }},
      {"unix", "FILE", "its UNIX socket, instead of both",
       [](const std::string& text, Options& o) {
         o.unix_socket = text;
         return !text.empty();
       }},
      {"connections", "NUM", "connections, of all threads together (50)",
       [](const std::string& text, Options& o) { return read(text, o.connections); }},
      {"threads", "NUM", "threads, an epoll loop each (1)",
       [](const std::string& text, Options& o) { return read(text, o.threads); }},
      {"depth", "NUM", "requests in flight on a connection (1)",
       [](const std::string& text, Options& o) { return read(text, o.depth); }},
      {"sliding", "", "send one for every reply instead of a batch when all have come",
       [](const std::string&, Options& o) { return o.sliding = true; }},
      {"seconds", "NUM", "how long to measure (5)",
       [](const std::string& text, Options& o) { return read(text, o.seconds); }},
      {"warmup", "NUM", "seconds before that (0.5)",
       [](const std::string& text, Options& o) { return read(text, o.warmup); }},
      {"operations", "NUM", "requests to send, instead of a time",
       [](const std::string& text, Options& o) { return read(text, o.operations); }},
      {"keys", "NUM", "how many there are (100000)",
       [](const std::string& text, Options& o) { return read(text, o.keys); }},
      {"first-key", "NUM", "the number of the first of them (0)",
       [](const std::string& text, Options& o) { return read(text, o.first_key); }},
      {"key-size", "BYTES", "(16)",
       [](const std::string& text, Options& o) { return read(text, o.sizes.key); }},
      {"value-size", "BYTES", "or FROM-TO, then every version of a value has its own (32)",
       [](const std::string& text, Options& o) { return read_sizes(text, o.sizes); }},
      {"ratio", "G:S[:D]", "gets to sets (to deletes) (90:10)", read_ratio},
      {"multiget", "NUM", "keys in a get (1)",
       [](const std::string& text, Options& o) { return read(text, o.keys_per_get); }},
      {"exptime", "NUM", "of what is set (0)",
       [](const std::string& text, Options& o) {
         long long seconds = 0;
         o.exptime = text;
         return read(text, seconds);
       }},
      {"distribution", "NAME", "of keys: uniform, zipf (exponent 0.99), zipf:EXPONENT (uniform)",
       read_keys},
      {"seed", "NUM", "of all random choices (1)",
       [](const std::string& text, Options& o) { return read(text, o.seed); }},
      {"protocol", "NAME", "text or meta (text)",
       [](const std::string& text, Options& o) {
         return choose(text == "text", Protocol::kText, o.protocol) ||
                choose(text == "meta", Protocol::kMeta, o.protocol);
       }},
      {"no-populate", "", "do not set every key once before",
       [](const std::string&, Options& o) { return !(o.populate = false); }},
      {"populate-only", "", "do nothing else",
       [](const std::string&, Options& o) { return !(o.run = false); }},
      {"verify", "", "look at every byte of every value",
       [](const std::string&, Options& o) { return o.verify = true; }},
      {"rate", "NUM", "open loop: requests a second, sent at times fixed in advance",
       [](const std::string& text, Options& o) { return read(text, o.rate); }},
      {"gaps", "NAME", "between those times: exponential or constant (exponential)",
       [](const std::string& text, Options& o) {
         return choose(text == "exponential", Gaps::kExponential, o.gaps) ||
                choose(text == "constant", Gaps::kConstant, o.gaps);
       }},
      {"server-pid", "PID", "count this process's CPU time for each request",
       [](const std::string& text, Options& o) { return read(text, o.server_pid); }},
      {"json", "", "print one JSON object",
       [](const std::string&, Options& o) { return o.json = true; }},
      {"help", "", "", [](const std::string&, Options& o) { return o.help = true; }},
  };
  return kFlags;
}

const Flag* find_flag(std::string_view name) {
  for (const Flag& flag : flags()) {
    if (flag.name == name) return &flag;
  }
  return nullptr;
}

std::size_t digits_of(std::uint64_t number) {
  return std::to_string(number).size();
}

// What is wrong with options that are fine one by one.
Status check(const Options& o) {
  if (o.threads == 0 || o.depth == 0 || o.keys_per_get == 0) return invalid("nothing to do");
  if (o.keys_per_get > 65535) return invalid("--multiget: at most 65535");
  if (o.connections < o.threads) return invalid("fewer connections than threads");
  const std::uint64_t last_key = std::uint64_t{o.first_key} + o.keys - 1;
  if (o.keys == 0 || last_key >= 1u << 31) return invalid("--keys: 1 to 2147483647");
  if (o.gets + o.sets + o.deletes == 0) return invalid("--ratio: all are 0");
  if (o.sizes.value_min > o.sizes.value_max) return invalid("--value-size: FROM is above TO");
  if (o.sizes.key < 1 + digits_of(last_key)) {
    return invalid("--key-size: at least " + std::to_string(1 + digits_of(last_key)) +
                   " for so many keys");
  }
  if (!(o.seconds > 0) || !(o.warmup >= 0) || !(o.rate >= 0)) return invalid("negative numbers");
  if (o.operations > 0 && o.operations < o.threads) return invalid("--operations: one a thread");
  if (o.rate > 0 && o.operations > 0) return invalid("--rate goes with --seconds");
  return {};
}

}  // namespace

Result<Options> parse_options(const std::vector<std::string>& words) {
  Options options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const Flag* flag = name.starts_with("--") ? find_flag(name.substr(2)) : nullptr;
    if (flag == nullptr) return invalid("unknown option " + name + " (--help)");
    std::string value;
    if (equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (!flag->value.empty()) {
      if (++i == words.size()) return invalid(name + " needs a value");
      value = words[i];
    }
    if (flag->value.empty() != value.empty() || !flag->set(value, options)) {
      return invalid(name + ": not '" + value + "'");
    }
  }
  if (options.help) return options;
  if (auto checked = check(options); !checked) return checked.error();
  return options;
}

std::string options_help() {
  std::string text =
      "Usage: arcus-bench-load [options]\n"
      "Sends requests to a memcached server and counts the replies.\n\n";
  for (const Flag& flag : flags()) {
    if (flag.help.empty()) continue;
    std::string left = "  --" + std::string(flag.name);
    if (!flag.value.empty()) left += "=" + std::string(flag.value);
    left.resize(left.size() < 26 ? 26 : left.size() + 1, ' ');
    text += left + std::string(flag.help) + "\n";
  }
  return text;
}

}  // namespace arcus::bench
