// The few bytes of the SFTP protocol (version 3) that an upload needs. Pure data and arithmetic.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace arcus::ssh::sftp {

enum Type : std::uint8_t {
  kInit = 1,
  kVersion = 2,
  kOpen = 3,
  kClose = 4,
  kWrite = 6,
  kFsetstat = 10,
  kRemove = 13,
  kStatus = 101,
  kHandle = 102,
  kExtended = 200,
  kExtendedReply = 201,
};

enum StatusCode : std::uint32_t {
  kOk = 0,
  kNoSuchFile = 2,
  kPermissionDenied = 3,
  kFailure = 4,
};

enum OpenFlags : std::uint32_t { kForWriting = 0x02, kCreate = 0x08, kExclusive = 0x20 };
enum AttributeFlags : std::uint32_t { kHasPermissions = 0x04 };

// Appends one packet to a stream of them: its length is put in front when it goes out of scope.
class Packet {
 public:
  Packet(std::string& stream, Type type);
  Packet(std::string& stream, Type type, std::uint32_t id);
  ~Packet();
  Packet(const Packet&) = delete;
  Packet& operator=(const Packet&) = delete;

  Packet& u32(std::uint32_t value);
  Packet& u64(std::uint64_t value);
  Packet& text(std::string_view value);

 private:
  std::string& stream_;
  std::size_t start_;
};

// Reads a packet's fields; beyond its end everything is zero and good() is false.
class Fields {
 public:
  explicit Fields(std::string_view body) : rest_(body) {}
  std::uint32_t u32();
  std::uint64_t u64();
  std::string_view text();
  bool good() const { return good_; }

 private:
  std::string_view rest_;
  bool good_ = true;
};

struct Reply {
  std::uint8_t type = 0;
  std::uint32_t id = 0;  // the version in a kVersion
  std::string body;      // after the id
};

// Takes the first whole packet off `stream`; nothing when there is none yet.
std::optional<Reply> take_reply(std::string& stream);
// A server that announces a packet of this size is not one.
inline constexpr std::size_t kMaxReply = 256 << 10;
bool oversized(const std::string& stream);

}  // namespace arcus::ssh::sftp
