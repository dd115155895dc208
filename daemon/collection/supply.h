// Supply: the blocks that a change of a tree needs, taken before anything is changed, so that
// nothing can fail in its midst. They go back unless the change is carried out. On the stack of who
// changes the tree.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>

#include "daemon/memory/blocks.h"

namespace arcus::daemon {

class Supply {
 public:
  // `bytes` is the tree's own count of what it has in blocks.
  Supply(Blocks& blocks, std::size_t& bytes) : blocks_(blocks), bytes_(bytes) {}
  Supply(const Supply&) = delete;
  ~Supply() {
    if (committed_) return;
    for (std::size_t i = 0; i < count_; ++i) give(taken_[i].block, taken_[i].size);
  }

  // Null when the machine has no memory.
  char* add(std::size_t size) {
    assert(count_ < taken_.size());
    char* block = take(size);
    if (block != nullptr) taken_[count_++] = {block, size};
    return block;
  }
  // One that is the tree's at once.
  char* take(std::size_t size) {
    char* block = blocks_.allocate(size);
    if (block != nullptr) bytes_ += Blocks::rounded(size);
    return block;
  }
  // From here on blocks are to be handed out by next(), in the order they were added.
  void mark() { next_ = count_; }
  char* next() {
    assert(next_ < count_);
    return taken_[next_++].block;
  }
  std::size_t size_of_next() const { return Blocks::rounded(taken_[next_].size); }
  // All that was added is the tree's now.
  void commit() { committed_ = true; }
  // What the tree no longer needs.
  void give(char* block, std::size_t size) {
    blocks_.release(block, size);
    bytes_ -= Blocks::rounded(size);
  }

 private:
  struct Taken {
    char* block;
    std::size_t size;
  };
  Blocks& blocks_;
  std::size_t& bytes_;
  std::array<Taken, 32> taken_;  // a value, two leaves, two nodes a level, a root
  std::size_t count_ = 0;
  std::size_t next_ = 0;
  bool committed_ = false;
};

}  // namespace arcus::daemon
