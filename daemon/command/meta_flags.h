// The meta commands' flags: read once, checked, and written back into answers in the order in which
// they came. See memcached's protocol.txt; docs/protocol-differences.md tells where we differ.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/command/command.h"
#include "daemon/command/line.h"

namespace arcus::daemon {

class MetaRequest {
 public:
  // `numbers` is how many words stand between the key and the flags. When error() is not empty the
  // request is not to be carried out.
  MetaRequest(const Store& store, const Request& request, std::size_t numbers, Seconds now);

  MetaRequest(const MetaRequest&) = delete;
  MetaRequest& operator=(const MetaRequest&) = delete;

  std::string_view error() const { return error_; }
  // The opaque token is too long: an error that memcached tells later than the others.
  bool opaque_too_long() const { return opaque_too_long_; }
  // No flag letter was wrong, but there were too many.
  bool too_many() const { return too_many_; }
  bool has(char letter) const { return letters_[static_cast<std::size_t>(letter)]; }

  const Key& key() const { return key_; }
  bool key_too_long() const { return key_too_long_; }
  std::string_view number() const { return number_; }  // the word between
  std::size_t words() const { return words_; }         // with the key, without the verb

  // The flags as they came, for those that depend on the order.
  const std::string_view* begin() const { return flags_.data(); }
  const std::string_view* end() const { return flags_.data() + count_; }

  // What they said.
  Seconds expires = kNever;         // T
  Seconds vivify_expires = kNever;  // N
  Seconds recache = 0;              // R: when that is later than the item's expiry
  std::uint32_t client_flags = 0;   // F
  std::uint64_t cas = 0;            // C
  std::uint64_t new_cas = 0;        // E
  std::uint64_t delta = 1;          // D
  std::uint64_t initial = 0;        // J
  char mode = 0;                    // M

  // What one flag, or all, make of an expiry; `created`: of an item that was made just now.
  Seconds expires_after(std::string_view flag, Seconds before, bool created) const;
  Seconds expires_after(Seconds before, bool created) const;

  // Adds the flag if it is one that every answer repeats: k, O.
  void echo(Line& line, std::string_view flag) const;
  void echo_all(Line& line) const;
  // The key in the form in which it came.
  void add_key(Line& line) const;

 private:
  static constexpr std::size_t kMostWords = 18;  // with the key
  static constexpr std::size_t kLongestOpaque = 32;

  void read_flags(Seconds now);
  std::string_view decode_key();
  std::string_view read_flag(std::string_view flag, Seconds now);

  std::string_view error_;
  bool opaque_too_long_ = false;
  bool too_many_ = false;
  bool key_too_long_ = false;
  Key key_;
  std::string_view key_word_;
  std::string decoded_;
  std::string_view number_;
  std::size_t words_ = 0;
  std::bitset<128> letters_;
  std::array<std::string_view, kMostWords> flags_;
  std::size_t count_ = 0;
};

// " t" and the seconds that are left, -1 for no end.
void add_time_left(Line& line, Seconds expires, Seconds now);

inline constexpr std::string_view kOpaqueTooLong = "CLIENT_ERROR opaque token too long\r\n";
inline constexpr std::string_view kWrongFlag = "CLIENT_ERROR invalid or duplicate flag\r\n";
inline constexpr std::string_view kTooManyFlags = "CLIENT_ERROR options flags too long\r\n";

}  // namespace arcus::daemon
