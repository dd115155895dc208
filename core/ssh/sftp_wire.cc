#include "core/ssh/sftp_wire.h"

namespace arcus::ssh::sftp {
namespace {

void put_u32(char* at, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<char>(value >> (24 - 8 * i));
}

std::uint32_t get_u32(const char* at) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(at[i]);
  return value;
}

}  // namespace

Packet::Packet(std::string& stream, Type type) : stream_(stream), start_(stream.size()) {
  stream_.append(4, '\0');
  stream_ += static_cast<char>(type);
}

Packet::Packet(std::string& stream, Type type, std::uint32_t id) : Packet(stream, type) {
  u32(id);
}

Packet::~Packet() {
  put_u32(&stream_[start_], static_cast<std::uint32_t>(stream_.size() - start_ - 4));
}

Packet& Packet::u32(std::uint32_t value) {
  char bytes[4];
  put_u32(bytes, value);
  stream_.append(bytes, 4);
  return *this;
}

Packet& Packet::u64(std::uint64_t value) {
  return u32(static_cast<std::uint32_t>(value >> 32)).u32(static_cast<std::uint32_t>(value));
}

Packet& Packet::text(std::string_view value) {
  u32(static_cast<std::uint32_t>(value.size()));
  stream_ += value;
  return *this;
}

std::uint32_t Fields::u32() {
  if (rest_.size() < 4) {
    good_ = false;
    rest_ = {};
    return 0;
  }
  const std::uint32_t value = get_u32(rest_.data());
  rest_.remove_prefix(4);
  return value;
}

std::uint64_t Fields::u64() {
  const std::uint64_t high = u32();
  return high << 32 | u32();
}

std::string_view Fields::text() {
  const std::uint32_t size = u32();
  if (rest_.size() < size) {
    good_ = false;
    rest_ = {};
    return {};
  }
  const std::string_view value = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return value;
}

std::optional<Reply> take_reply(std::string& stream) {
  if (stream.size() < 9) return std::nullopt;
  const std::size_t size = get_u32(stream.data());
  if (size < 5 || stream.size() < size + 4) return std::nullopt;
  Reply reply;
  reply.type = static_cast<std::uint8_t>(stream[4]);
  reply.id = get_u32(&stream[5]);
  reply.body = stream.substr(9, size - 5);
  stream.erase(0, size + 4);
  return reply;
}

bool oversized(const std::string& stream) {
  if (stream.size() < 4) return false;
  const std::uint32_t size = get_u32(stream.data());
  return size > kMaxReply || size < 5;
}

}  // namespace arcus::ssh::sftp
