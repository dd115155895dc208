// The ketama ring: which node of a cloud holds a key. Every Arcus client computes the same one
// (arcus-java-client's ArcusKetamaNodeLocator): 160 points a node, from md5("<ip>:<port>-<i>"),
// i in 0..39, four little-endian 32-bit words each. Immutable once built; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace arcus {

class Ring {
 public:
  // Nodes are named "<ip>:<port>". An empty ring holds nothing.
  explicit Ring(std::vector<std::string> nodes);

  // The node that holds `key`. Precondition: the ring is not empty.
  const std::string& node_of(std::string_view key) const;
  bool empty() const { return points_.empty(); }
  const std::vector<std::string>& nodes() const { return nodes_; }

  // A key's place on the ring: the first four bytes of its md5, little-endian.
  static std::uint32_t point_of(std::string_view key);

 private:
  struct Point {
    std::uint32_t at;
    std::uint32_t node;  // index into nodes_
  };

  std::vector<std::string> nodes_;
  std::vector<Point> points_;  // by `at`
};

}  // namespace arcus
