// The client's side of SCRAM-SHA-256 (RFC 7677), and what a server keeps of a password: written
// apart from the library that the engine uses, so that the two must agree. One thread.
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdexcept>
#include <string>

namespace arcus::tests {

inline std::string base64(const std::string& bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

inline std::string from_base64(const std::string& text) {
  std::string bytes(text.size(), '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0) throw std::runtime_error("no base64: " + text);
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

inline std::string hmac_sha256(const std::string& key, const std::string& text) {
  std::string sum(32, '\0');
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(sum.data()), nullptr);
  return sum;
}

inline std::string sha256(const std::string& text) {
  std::string sum(32, '\0');
  EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(sum.data()), nullptr,
             EVP_sha256(), nullptr);
  return sum;
}

inline std::string salted(const std::string& password, const std::string& salt, int iterations) {
  std::string key(32, '\0');
  PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                    reinterpret_cast<const unsigned char*>(salt.data()),
                    static_cast<int>(salt.size()), iterations, EVP_sha256(), 32,
                    reinterpret_cast<unsigned char*>(key.data()));
  return key;
}

// What stands in <user>/authPassword.
inline std::string scram_secret(const std::string& password) {
  const std::string salt = "a salt of sixteen";
  const std::string key = salted(password, salt, 4096);
  return "SCRAM-SHA-256$4096:" + base64(salt) + "$" +
         base64(sha256(hmac_sha256(key, "Client Key"))) + ":" +
         base64(hmac_sha256(key, "Server Key"));
}

class ScramClient {
 public:
  ScramClient(std::string user, std::string password)
      : password_(std::move(password)), bare_("n=" + std::move(user) + ",r=anyclientnonce") {}

  std::string first() const { return "n,," + bare_; }
  // To the server's first message: "r=...,s=...,i=...".
  std::string second(const std::string& server) {
    const std::string key =
        salted(password_, from_base64(field(server, "s=")), std::stoi(field(server, "i=")));
    const std::string unproved = "c=biws,r=" + field(server, "r=");
    const std::string all = bare_ + "," + server + "," + unproved;
    std::string proof = hmac_sha256(key, "Client Key");
    const std::string signature = hmac_sha256(sha256(proof), all);
    for (std::size_t i = 0; i < proof.size(); ++i) {
      proof[i] = static_cast<char>(proof[i] ^ signature[i]);
    }
    expected_ = "v=" + base64(hmac_sha256(hmac_sha256(key, "Server Key"), all));
    return unproved + ",p=" + base64(proof);
  }
  // What a server that knows the password says last.
  const std::string& expected() const { return expected_; }

 private:
  static std::string field(const std::string& message, const std::string& name) {
    const auto at = ("," + message).find("," + name);
    if (at == std::string::npos) throw std::runtime_error("no " + name + " in " + message);
    const auto begin = at + name.size();
    return message.substr(begin, message.find(',', begin) - begin);
  }

  std::string password_;
  std::string bare_;
  std::string expected_;
};

}  // namespace arcus::tests
