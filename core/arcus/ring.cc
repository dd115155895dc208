#include "core/arcus/ring.h"

#include <md5.h>

#include <algorithm>
#include <array>

namespace arcus {
namespace {

constexpr int kDigestsPerNode = 40;
constexpr int kPointsPerDigest = 4;

using Digest = std::array<std::uint8_t, MD5_DIGEST_LENGTH>;

Digest md5(std::string_view text) {
  Digest digest;
  MD5_CTX context;
  MD5Init(&context);
  MD5Update(&context, reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  MD5Final(digest.data(), &context);
  return digest;
}

std::uint32_t word(const Digest& digest, std::size_t index) {
  const std::uint8_t* at = digest.data() + index * 4;
  return static_cast<std::uint32_t>(at[0]) | static_cast<std::uint32_t>(at[1]) << 8 |
         static_cast<std::uint32_t>(at[2]) << 16 | static_cast<std::uint32_t>(at[3]) << 24;
}

}  // namespace

Ring::Ring(std::vector<std::string> nodes) : nodes_(std::move(nodes)) {
  points_.reserve(nodes_.size() * kDigestsPerNode * kPointsPerDigest);
  for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
    for (int i = 0; i < kDigestsPerNode; ++i) {
      const Digest digest = md5(nodes_[node] + "-" + std::to_string(i));
      for (std::size_t part = 0; part < kPointsPerDigest; ++part) {
        points_.push_back({word(digest, part), node});
      }
    }
  }
  std::sort(points_.begin(), points_.end(), [](const Point& a, const Point& b) { return a.at < b.at; });
}

std::uint32_t Ring::point_of(std::string_view key) { return word(md5(key), 0); }

const std::string& Ring::node_of(std::string_view key) const {
  const auto found = std::lower_bound(points_.begin(), points_.end(), point_of(key),
                                      [](const Point& p, std::uint32_t at) { return p.at < at; });
  return nodes_[found == points_.end() ? points_.front().node : found->node];
}

}  // namespace arcus
