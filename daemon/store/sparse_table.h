// SparseTable: an array whose memory is there only where it was touched, so that it can be as long
// as it might ever have to be and never moves: other threads may read it while one writes. Elements
// begin as zero bytes.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <type_traits>

namespace arcus::daemon {

template <typename T>
class SparseTable {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  SparseTable() = default;
  SparseTable(const SparseTable&) = delete;
  ~SparseTable() {
    if (elements_ != nullptr) munmap(elements_, size_ * sizeof(T));
  }

  void init(std::size_t size) {
    void* memory = mmap(nullptr, size * sizeof(T), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    elements_ = static_cast<T*>(memory);
    size_ = size;
  }

  std::size_t size() const { return size_; }
  T& operator[](std::size_t i) { return elements_[i]; }
  const T& operator[](std::size_t i) const { return elements_[i]; }

 private:
  T* elements_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace arcus::daemon
