// Reply: the bytes that answer a batch of requests, in order: small ones copied, large ones pinned
// where they are (a value in the store) until they have been sent. Knows no socket: it hands out
// an iovec list and is told how much of it went away.
//
// One thread at a time. Cleared, it keeps its buffer; moved from, it is empty.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace arcus::daemon {

// Keeps somebody's memory in place; lets go of it when destroyed.
class Pin {
 public:
  using Release = void (*)(void* owner, void* object);

  Pin(void* owner, void* object, Release release)
      : owner_(owner), object_(object), release_(release) {}
  Pin(Pin&& other) noexcept
      : owner_(other.owner_),
        object_(std::exchange(other.object_, nullptr)),
        release_(other.release_) {}
  Pin& operator=(Pin&&) = delete;
  ~Pin() { drop(); }

  void drop() {
    if (object_ != nullptr) release_(owner_, std::exchange(object_, nullptr));
  }

 private:
  void* owner_;
  void* object_;
  Release release_;
};

// For writing in place, with Reply::room(): each returns where the next bytes go.
inline char* put(char* at, std::string_view bytes) {
  std::memcpy(at, bytes.data(), bytes.size());
  return at + bytes.size();
}
inline constexpr std::size_t kMostDigits = 20;
char* put_long_number(char* at, std::uint64_t number);
inline char* put_number(char* at, std::uint64_t number) {
  if (number >= 10) return put_long_number(at, number);
  *at = static_cast<char>('0' + number);  // flags, mostly
  return at + 1;
}

class Reply {
 public:
  // More than this waiting to be sent: commands should yield, and no more requests are taken.
  static constexpr std::size_t kFull = 256 * 1024;

  Reply() = default;
  Reply(Reply&& other) noexcept;
  Reply& operator=(Reply&&) = delete;

  void add(std::string_view bytes) {
    if (bytes.empty()) return;
    wrote(put(room(bytes.size()), bytes));
  }
  void add_number(std::uint64_t number) { wrote(put_number(room(kMostDigits), number)); }
  void add_pinned(std::string_view bytes, Pin pin);
  // Room for up to `most` bytes, to be written in place; wrote() tells where they end. Nothing else
  // is added between the two.
  char* room(std::size_t most) {
    if (capacity_ - size_ < most) grow(most);
    return buffer_.get() + size_;
  }
  void wrote(const char* end) { size_ = static_cast<std::size_t>(end - buffer_.get()); }

  std::size_t pending() const { return size_ - sent_ + pinned_bytes_; }
  bool empty() const { return pending() == 0; }
  bool full() const { return pending() >= kFull; }

  // Fills up to `count` entries with what is to be sent next; how many were filled.
  int gather(iovec* entries, int count) const;
  void sent(std::size_t size);
  // Forgets everything, and gives back a buffer that has become large.
  void clear();
  // What is still to be sent, in memory of its own that is no larger than that. This one is empty
  // afterwards.
  Reply detach();

  // Where the next bytes will go, and undoing what was added since (small bytes only).
  std::size_t mark() const { return size_; }
  void rewind(std::size_t mark) { size_ = mark; }

 private:
  struct Pinned {
    std::size_t after;       // it follows this many of the copied bytes
    std::string_view bytes;  // shrinks from the front as it is sent
    Pin pin;
  };

  void grow(std::size_t most);

  std::unique_ptr<char[]> buffer_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  std::size_t sent_ = 0;
  std::size_t pinned_bytes_ = 0;
  std::vector<Pinned> pinned_;
  std::size_t first_pinned_ = 0;  // those before it have been sent
};

}  // namespace arcus::daemon
