// Batch: requests of one read that are looked at before the first of them has its turn, so that
// what the store needs for the later ones is on its way to the processor while the earlier ones
// run. Part of a worker's Workplace; holds views into the bytes it was filled from.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "daemon/command/session.h"

namespace arcus::daemon {

class Batch {
 public:
  static constexpr std::size_t kMost = 32;

  struct Entry {
    Request request;
    std::size_t line_size = 0;  // with its end
  };

  // Takes the requests that `bytes` begins with, until something does not follow for certain: a
  // value that has not arrived, more keys. With less than kMost of them because of the bytes, tells
  // what is the matter with those that follow; kRequest otherwise.
  ParseStatus fill(RequestParser parser, const Engine& engine, std::string_view bytes);

  std::size_t size() const { return size_; }
  std::size_t bytes() const { return bytes_; }  // with their values
  const Entry& operator[](std::size_t i) const { return entries_[i]; }

 private:
  std::array<Entry, kMost> entries_;
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace arcus::daemon
