// Record: an item as bytes in a segment of the log.
//
//   state        1   how often asked for (2 bits), dead, fetched, CAS id told, wide, extended
//   key size     1   2 when wide
//   value size   1   2 when wide
//   fields       1   when extended: which of the following there are, and the rarer marks
//   flags        4   } only where an item has them
//   expires      4   }
//   cas          8   }
//   key, value       the value without CR LF; of a large one or a collection, 8 bytes: the pointer
//
// A record does not know its place. Nothing is aligned. Everything needs the shard's lock.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "daemon/store/large_value.h"
#include "daemon/store/types.h"

namespace arcus::daemon {

// What decides a record's size: made from a Content, or read from a record.
struct RecordShape {
  std::uint16_t key_size = 0;
  std::uint16_t value_size = 0;  // as it lies here: 8 for what lies apart
  std::uint8_t fields = 0;

  bool wide() const { return key_size > 0xff || value_size > 0xff; }
  std::size_t header_size() const;
  std::size_t size() const { return header_size() + key_size + value_size; }
  friend bool operator==(const RecordShape&, const RecordShape&) = default;
};

class Record {
 public:
  // Bits of `fields`.
  static constexpr std::uint8_t kFlags = 1;
  static constexpr std::uint8_t kExpires = 2;
  static constexpr std::uint8_t kCas = 4;
  static constexpr std::uint8_t kLarge = 8;
  static constexpr std::uint8_t kStale = 16;
  static constexpr std::uint8_t kWon = 32;
  static constexpr std::uint8_t kCollection = 64;

  static constexpr std::size_t kLeastSize = 3;
  static constexpr std::size_t kMostHeader = 1 + 4 + 1 + 4 + 4 + 8;
  static constexpr unsigned kMostAsked = 3;

  Record() = default;
  explicit Record(char* at) : at_(at) { read(); }

  static RecordShape shape_of(std::size_t key_size, const Content& content);
  // Writes a record that nobody has asked for yet.
  static Record write(char* at, const RecordShape& shape, const Key& key, const Content& content);
  // Writes a copy, with an explicit CAS id where `cas` is not 0.
  static Record copy(char* at, const Record& from, std::uint64_t cas);
  // The size that copy() would take.
  std::size_t copy_size(bool with_cas) const;
  // Overwrites what a record of the same shape holds, beside its key. Not what lies apart.
  void overwrite(const Content& content);

  // Whether what stands at an address has that key: most can be seen not to have it, or to have it,
  // without all of it being read.
  static bool has_key(const char* at, std::string_view key);

  char* at() const { return at_; }
  const RecordShape& shape() const { return shape_; }
  std::size_t size() const { return shape_.size(); }
  std::string_view key() const { return {at_ + key_at_, shape_.key_size}; }
  std::string_view bytes() const { return {at_ + key_at_ + shape_.key_size, shape_.value_size}; }
  // Nothing but a key and bytes.
  bool plain() const { return shape_.fields == 0; }
  // Of what lies apart, only one can be.
  bool apart() const { return (shape_.fields & (kLarge | kCollection)) != 0; }
  bool large() const { return (shape_.fields & kLarge) != 0; }
  LargeValue* large_value() const { return large() ? pointer<LargeValue>() : nullptr; }
  Collection* collection() const {
    return (shape_.fields & kCollection) != 0 ? pointer<Collection>() : nullptr;
  }
  bool has(std::uint8_t field) const { return (shape_.fields & field) != 0; }
  std::uint32_t flags() const { return has(kFlags) ? load<std::uint32_t>(fields_at_) : 0; }
  Seconds expires() const { return has(kExpires) ? load<Seconds>(expires_at()) : kNever; }
  std::uint64_t cas() const { return has(kCas) ? load<std::uint64_t>(cas_at()) : 0; }
  bool sticky() const { return expires() == kSticky; }

  void set_expires(Seconds expires) { store(expires_at(), expires); }  // has(kExpires)
  unsigned asked() const { return state() & kAskedBits; }
  void set_asked(unsigned times) { set_state((state() & ~kAskedBits) | times); }
  bool dead() const { return (state() & kDead) != 0; }
  void set_dead() { set_state(state() | kDead); }
  bool fetched() const { return (state() & kFetched) != 0; }
  bool cas_told() const { return (state() & kCasTold) != 0; }
  void set_cas_told() { set_state(state() | kCasTold); }
  // It holds another value now, which nobody has asked for; the key goes on being popular.
  void renew() {
    const unsigned asked = std::min(this->asked() + 1, kMostAsked);
    set_state((state() & ~(kAskedBits | kFetched)) | asked);
  }
  // Takes over what is known of the same value's past.
  void take_history(const Record& from) {
    constexpr unsigned kHistory = kAskedBits | kFetched;
    set_state((state() & ~kHistory) | (from.state() & kHistory));
  }
  // Asked for once more.
  void hit() {
    const unsigned now = state();
    const unsigned more = (now & kAskedBits) < kMostAsked ? now + 1 : now;
    if ((more | kFetched) != now) set_state(more | kFetched);
  }

  // Only the size of what stands at an address, and whether it is dead: to walk a segment.
  static std::size_t size_at(const char* at);
  static bool dead_at(const char* at) { return (static_cast<unsigned char>(*at) & kDead) != 0; }

 private:
  static constexpr unsigned kAskedBits = 3;
  static constexpr unsigned kDead = 4;
  static constexpr unsigned kFetched = 8;
  static constexpr unsigned kCasTold = 16;
  static constexpr unsigned kWide = 32;
  static constexpr unsigned kExtended = 64;

  void read();
  unsigned state() const { return static_cast<unsigned char>(*at_); }
  void set_state(unsigned state) { *at_ = static_cast<char>(state); }
  std::size_t expires_at() const { return fields_at_ + (has(kFlags) ? 4 : 0); }
  std::size_t cas_at() const { return expires_at() + (has(kExpires) ? 4 : 0); }
  void write_fields(const Content& content);
  void write_bytes(const Content& content);
  void write_value(const Content& content);
  template <typename T>
  T* pointer() const {
    return load<T*>(static_cast<std::size_t>(key_at_) + shape_.key_size);
  }

  template <typename T>
  T load(std::size_t offset) const {
    T value;
    std::memcpy(&value, at_ + offset, sizeof value);
    return value;
  }
  template <typename T>
  void store(std::size_t offset, T value) {
    std::memcpy(at_ + offset, &value, sizeof value);
  }

  char* at_ = nullptr;
  RecordShape shape_;
  std::uint16_t fields_at_ = 0;  // where flags, expires, cas begin
  std::uint16_t key_at_ = 0;
};

inline std::size_t RecordShape::header_size() const {
  std::size_t size = wide() ? 5 : 3;
  if (fields != 0) {
    size += 1 + ((fields & Record::kFlags) ? 4 : 0) + ((fields & Record::kExpires) ? 4 : 0) +
            ((fields & Record::kCas) ? 8 : 0);
  }
  return size;
}

inline RecordShape Record::shape_of(std::size_t key_size, const Content& content) {
  const auto field = [](bool wanted, std::uint8_t bit) { return wanted ? bit : std::uint8_t{0}; };
  const bool apart = content.large != nullptr || content.collection != nullptr;
  RecordShape shape;
  shape.key_size = static_cast<std::uint16_t>(key_size);
  shape.value_size = static_cast<std::uint16_t>(
      apart ? sizeof(void*) : content.value.size() + content.more.size());
  shape.fields = static_cast<std::uint8_t>(
      field(content.flags != 0, kFlags) | field(content.expires != kNever, kExpires) |
      field(content.cas != 0, kCas) | field(content.large != nullptr, kLarge) |
      field(content.stale, kStale) | field(content.won, kWon) |
      field(content.collection != nullptr, kCollection));
  return shape;
}

inline bool Record::has_key(const char* at, std::string_view key) {
  const unsigned state = static_cast<unsigned char>(*at);
  if ((state & (kWide | kExtended)) != 0) return Record(const_cast<char*>(at)).key() == key;
  return static_cast<unsigned char>(at[1]) == key.size() &&
         std::memcmp(at + kLeastSize, key.data(), key.size()) == 0;
}

inline void Record::read() {
  const unsigned flags = state();
  if ((flags & kWide) == 0) {
    shape_.key_size = static_cast<unsigned char>(at_[1]);
    shape_.value_size = static_cast<unsigned char>(at_[2]);
    fields_at_ = 3;
  } else {
    shape_.key_size = load<std::uint16_t>(1);
    shape_.value_size = load<std::uint16_t>(3);
    fields_at_ = 5;
  }
  key_at_ = fields_at_;
  if ((flags & kExtended) != 0) {
    shape_.fields = static_cast<std::uint8_t>(at_[fields_at_]);
    ++fields_at_;
    key_at_ = static_cast<std::uint16_t>(cas_at() + (has(kCas) ? 8 : 0));
  }
}

}  // namespace arcus::daemon
