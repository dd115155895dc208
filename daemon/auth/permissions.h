// Permissions: what a user may do, by groups of commands, as the users' znodes name them. Plain
// numbers; any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace arcus::daemon {

// A set of them.
using Permissions = std::uint16_t;

struct Permission {
  static constexpr Permissions kNone = 0;
  static constexpr Permissions kKv = 1;
  static constexpr Permissions kList = 2;
  static constexpr Permissions kSet = 4;
  static constexpr Permissions kMap = 8;
  static constexpr Permissions kBtree = 16;
  static constexpr Permissions kAttr = 32;
  static constexpr Permissions kScan = 64;
  static constexpr Permissions kFlush = 128;
  static constexpr Permissions kAdmin = 256;
  static constexpr Permissions kAll = 511;
  // Of any of them who may change items is also one who may delete them.
  static constexpr Permissions kAnyItem = kKv | kList | kSet | kMap | kBtree;
  // Not a permission: every command of that user goes into the log.
  static constexpr Permissions kLogAll = 512;
};

// "kv,list,logall". What it does not know it passes over: a later version may have more.
Permissions parse_permissions(std::string_view names);

}  // namespace arcus::daemon
