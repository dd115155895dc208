// The requests of a run, made before it begins: one long piece of memory that connections send
// slices of, starting at different places and beginning again at the end.
//
// Read-only once made; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/load/distribution.h"
#include "tests/bench/load/options.h"

namespace arcus::bench {

enum class Kind : std::uint8_t { kGet, kSet, kDelete };

class Script {
 public:
  explicit Script(const Options& options) : options_(options) {}

  // As many requests as a run needs to look random: about a million, or 64 MB of them.
  static Script mixed(const Options& options);
  // Sets of the keys from `first` to before `last`, all of version 0.
  static Script sets(const Options& options, std::uint32_t first, std::uint32_t last);

  std::size_t size() const { return requests_.size(); }
  Kind kind(std::size_t request) const { return requests_[request].kind; }
  // The keys it is about, in order.
  std::span<const std::uint32_t> keys(std::size_t request) const {
    const Request& at = requests_[request];
    return {keys_.data() + at.first_key, at.key_count};
  }
  // The bytes of `count` requests from `first` on, which is not past the end.
  std::string_view bytes(std::size_t first, std::size_t count) const {
    const std::size_t begin = requests_[first].begin;
    const std::size_t next = first + count;
    return std::string_view(text_).substr(
        begin, (next < size() ? requests_[next].begin : text_.size()) - begin);
  }

  void add_get(std::span<const std::uint32_t> keys);
  void add_set(std::uint32_t key, std::uint32_t version);
  void add_delete(std::uint32_t key);

 private:
  struct Request {
    std::uint64_t begin;
    std::uint32_t first_key;
    std::uint16_t key_count;
    Kind kind;
  };
  void begin_request(Kind kind, std::span<const std::uint32_t> keys);
  void meta_get(std::span<const std::uint32_t> keys);
  void add_random(const Distribution& distribution, Random& random);

  Options options_;
  std::string text_;
  std::vector<Request> requests_;
  std::vector<std::uint32_t> keys_;
};

}  // namespace arcus::bench
