#include "daemon/memory/blocks.h"

#include <cstdlib>

namespace arcus::daemon {

void Blocks::init(Memory& memory, ChunkPool&) { memory_ = &memory; }
bool Blocks::prepare(std::size_t bytes) { return !memory_->short_of(bytes); }
char* Blocks::allocate(std::size_t size) {
  memory_->reserve(rounded(size));
  held_ += rounded(size);
  return static_cast<char*>(std::malloc(size));
}
void Blocks::release(char* block, std::size_t size) {
  memory_->release(rounded(size));
  held_ -= rounded(size);
  given_back_ += rounded(size);
  std::free(block);
}
std::size_t Blocks::rounded(std::size_t size) { return (size + 15) / 16 * 16; }

}  // namespace arcus::daemon
