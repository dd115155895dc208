// Scrubbing: takes away, in the background, what is over or, in a cloud, what another node holds by
// now ("stale"). Owned by the engine; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "core/arcus/ring.h"
#include "daemon/command/walk.h"
#include "daemon/store/store.h"

namespace arcus::daemon {

// The nodes of the cloud, and which of them this one is.
struct Placement {
  Ring ring;
  std::string self;  // "<ip>:<port>"

  bool is_stale(std::string_view key) const { return ring.node_of(key) != self; }
};

class Scrub {
 public:
  struct State {
    bool running = false;
    bool stale = false;
    Seconds started = 0;  // 0: never
    Seconds stopped = 0;
    std::uint64_t visited = 0;
    std::uint64_t cleaned = 0;
  };

  // Without a placement only what is over goes. `items_at_once` is asked before every slice. False:
  // one is under way.
  bool start(Store& store, std::function<Seconds()> now,
             std::shared_ptr<const Placement> placement, std::function<unsigned()> items_at_once);
  State state() const;

 private:
  bool scrub_some(Store& store, Seconds now, const Placement* placement, unsigned items);

  mutable std::mutex mutex_;
  State state_;
  std::uint64_t cursor_ = 0;  // of the walk
  Walk walk_;                 // ends before what it uses
};

}  // namespace arcus::daemon
