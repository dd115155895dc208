#include "daemon/store/record.h"

namespace arcus::daemon {

Record Record::write(char* at, const RecordShape& shape, const Key& key, const Content& content) {
  *at = static_cast<char>((shape.wide() ? kWide : 0) | (shape.fields != 0 ? kExtended : 0));
  if (shape.wide()) {
    std::memcpy(at + 1, &shape.key_size, 2);
    std::memcpy(at + 3, &shape.value_size, 2);
  } else {
    at[1] = static_cast<char>(shape.key_size);
    at[2] = static_cast<char>(shape.value_size);
  }
  if (shape.fields != 0) at[shape.wide() ? 5 : 3] = static_cast<char>(shape.fields);
  Record record(at);
  if (!key.text.empty()) std::memcpy(at + record.key_at_, key.text.data(), key.text.size());
  record.write_fields(content);
  record.write_value(content);
  return record;
}

void Record::write_fields(const Content& content) {
  if (has(kFlags)) store(fields_at_, content.flags);
  if (has(kExpires)) store(expires_at(), content.expires);
  if (has(kCas)) store(cas_at(), content.cas);
}

void Record::write_bytes(const Content& content) {
  char* const value = at_ + key_at_ + shape_.key_size;
  if (!content.value.empty()) {
    std::memcpy(value, content.value.data(), content.value.size());
  }
  if (!content.more.empty()) {
    std::memcpy(value + content.value.size(), content.more.data(), content.more.size());
  }
}

void Record::write_value(const Content& content) {
  char* const value = at_ + key_at_ + shape_.key_size;
  if (content.large != nullptr) {
    std::memcpy(value, &content.large, sizeof content.large);
  } else if (content.collection != nullptr) {
    std::memcpy(value, &content.collection, sizeof content.collection);
  } else {
    write_bytes(content);
  }
}

void Record::overwrite(const Content& content) {
  if (!plain()) write_fields(content);
  write_bytes(content);
}

std::size_t Record::copy_size(bool with_cas) const {
  RecordShape shape = shape_;
  if (with_cas) shape.fields |= kCas;
  return shape.size();
}

Record Record::copy(char* at, const Record& from, std::uint64_t cas) {
  if (cas == 0 || from.has(kCas)) {
    std::memcpy(at, from.at_, from.size());
    return Record(at);
  }
  Content content;
  content.flags = from.flags();
  content.expires = from.expires();
  content.cas = cas;
  content.value = from.bytes();
  RecordShape shape = from.shape_;
  shape.fields |= kCas;
  Record record = write(at, shape, Key{from.key()}, content);
  record.take_history(from);
  return record;
}

std::size_t Record::size_at(const char* at) {
  return Record(const_cast<char*>(at)).size();
}

}  // namespace arcus::daemon
