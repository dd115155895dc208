// Finding requests in what has arrived: a get alone, a read full of gets, sets' lines, a get of
// many keys. items_per_second are requests; a time is that of the whole read.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

#include "daemon/protocol/request.h"

namespace arcus::daemon {
namespace {

constexpr std::string_view kGet = "get k000000000012345\r\n";
constexpr std::string_view kSetLine = "set k000000000012345 0 0 32\r\n";

// Parses all of `bytes` again and again, every request's words included.
void parse_all(benchmark::State& state, std::string_view bytes) {
  RequestParser parser;
  std::int64_t requests = 0;
  for (auto _ : state) {
    for (std::string_view rest = bytes; !rest.empty(); ++requests) {
      const Parsed parsed = parser.parse(rest);
      if (parsed.status != ParseStatus::kRequest) return state.SkipWithError("not a request");
      Words words(parsed.request.arguments);
      for (auto word = words.next(); !word.empty(); word = words.next()) {
        benchmark::DoNotOptimize(word.data());
      }
      rest.remove_prefix(parsed.consumed);
    }
  }
  state.SetItemsProcessed(requests);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}

std::string repeated(std::string_view request, std::size_t times) {
  std::string bytes;
  for (std::size_t i = 0; i < times; ++i) bytes += request;
  return bytes;
}

void get(benchmark::State& state) {
  parse_all(state, repeated(kGet, state.range(0)));
}
BENCHMARK(get)->Arg(1)->Arg(50);

void set_line(benchmark::State& state) {
  parse_all(state, repeated(kSetLine, state.range(0)));
}
BENCHMARK(set_line)->Arg(1)->Arg(50);

void get_of_many_keys(benchmark::State& state) {
  std::string line = "get";
  for (int i = 0; i < state.range(0); ++i) line += " k000000000012345";
  parse_all(state, line + "\r\n");
}
BENCHMARK(get_of_many_keys)->Arg(10)->Arg(100);

// A line that arrives in two reads is looked at twice.
void half_a_line(benchmark::State& state) {
  RequestParser parser;
  for (auto _ : state) {
    benchmark::DoNotOptimize(parser.parse(kGet.substr(0, kGet.size() - 2)).consumed);
  }
}
BENCHMARK(half_a_line);

}  // namespace
}  // namespace arcus::daemon
