// The one list of what an arcus.json may hold: reading, defaults and the man page's test all go by
// it. Inside this folder only; pure, any thread.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/cluster/model.h"

namespace arcus::cluster {

// Where a key's value goes, and what it may be.
template <typename Owner>
struct FieldOf {
  struct Text {
    std::string& (*at)(Owner&);
    // Says what is expected when the text won't do; nullptr when it will.
    const char* (*check)(const std::string&);
  };
  struct LocalPath {  // relative to the file
    std::string& (*at)(Owner&);
  };
  struct Number {
    unsigned& (*at)(Owner&);
    unsigned low;
    unsigned high;
  };
  struct Port {
    std::uint16_t& (*at)(Owner&);
  };
  struct Flag {
    bool& (*at)(Owner&);
  };
  struct HostKeys {
    HostKeyCheck& (*at)(Owner&);
  };
  using Any = std::variant<Text, LocalPath, Number, Port, Flag, HostKeys>;
};

template <typename Owner>
struct Key {
  std::string path;  // "ssh.port"
  typename FieldOf<Owner>::Any field;
};

const std::vector<Key<Settings>>& settings_table();
const std::vector<Key<HostSettings>>& host_table();  // below hosts.<name>

}  // namespace arcus::cluster
