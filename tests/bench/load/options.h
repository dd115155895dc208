// What a run of the load generator is told. Plain data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "tests/bench/load/content.h"

namespace arcus::bench {

enum class Protocol { kText, kMeta };
enum class Gaps { kExponential, kConstant };

struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 11211;
  std::string unix_socket;  // instead of host and port

  std::size_t connections = 50;
  std::size_t threads = 1;
  std::size_t depth = 1;
  bool sliding = false;  // a reply makes room for a request; otherwise a batch for a batch

  double seconds = 5;
  double warmup = 0.5;
  std::uint64_t operations = 0;  // instead of seconds and warm-up

  std::uint32_t keys = 100000;
  std::uint32_t first_key = 0;
  Sizes sizes;
  // Parts of a hundred or of any other sum.
  std::uint32_t gets = 90;
  std::uint32_t sets = 10;
  std::uint32_t deletes = 0;
  std::uint32_t keys_per_get = 1;
  std::string exptime = "0";
  double zipf = 0;  // exponent; 0: all keys alike
  std::uint64_t seed = 1;
  Protocol protocol = Protocol::kText;

  bool populate = true;
  bool run = true;
  bool verify = false;

  double rate = 0;  // requests a second, all together; 0: as fast as replies come
  Gaps gaps = Gaps::kExponential;

  int server_pid = 0;  // whose CPU time is counted
  bool json = false;
  bool help = false;
};

Result<Options> parse_options(const std::vector<std::string>& words);
std::string options_help();

}  // namespace arcus::bench
