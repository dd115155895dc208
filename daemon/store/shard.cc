#include "daemon/store/shard.h"

#include <algorithm>
#include <bit>

namespace arcus::daemon {
namespace {

// What lies apart of an item that is to be.
std::size_t apart(const Content& content) {
  if (content.large != nullptr) return content.large->footprint();
  return content.collection != nullptr ? content.collection->footprint() : 0;
}

void acquire(const Content& content) {
  if (content.large != nullptr) content.large->acquire();
  if (content.collection != nullptr) content.collection->acquire();
}

}  // namespace

void Shard::init(Memory& memory, ChunkPool& pool, const ShardOptions& options) {
  memory_ = &memory;
  pool_ = &pool;
  options_ = options;
  shard_bits_ = static_cast<unsigned>(std::countr_zero(options.shards));
  reserve_ = pool.chunk_size() * std::max<std::size_t>(1, options.shards / 4);
  index_.init(pool, shard_bits_);
  segments_.init(pool);
  ghosts_.init(pool);
  blocks_.init(memory, pool);
}

Shard::~Shard() {
  if (memory_ == nullptr) return;
  clear();
  while (free_buried(~std::size_t{0})) {
  }
}

Shard::Place Shard::find(const Key& key, Seconds now) {
  Place place;
  place.slot = index_.find(key.hash, [&](Location location) {
    return Record::has_key(segments_.at(location), key.text);
  });
  if (!place.slot) return place;
  place.location = Index::location(place.slot);
  place.record = Record(segments_.at(place.location));
  if (over(place.record, now)) [[unlikely]] {
    ++stats_.reclaimed;
    remove(key, place);
    place = {};
  }
  return place;
}

// The place in the log that the value was written to says which value it is: places are not used
// twice. A value that is moved takes its number along, if anybody knows it.
std::uint64_t Shard::cas_of(const Place& place) {
  if (place.record.has(Record::kCas)) return place.record.cas();
  return id_at(segments_.of(place.location).sequence, segments_.offset(place.location));
}

std::uint64_t Shard::cas(const Place& place) {
  Record record = place.record;
  record.set_cas_told();
  return cas_of(place);
}

void Shard::view(const Place& place, ItemView& item) const {
  const Record& record = place.record;
  item.key = record.key();
  item.stored = segments_.of(place.location).opened;
  item.fetched = record.fetched();
  if (record.plain()) {
    item.value = record.bytes();
    return;
  }
  item.large = record.large_value();
  item.collection = record.collection();
  if (item.large != nullptr) {
    item.value = item.large->value();
  } else if (item.collection == nullptr) {
    item.value = record.bytes();
  }
  item.flags = record.flags();
  item.expires = record.expires();
  item.stale = record.has(Record::kStale);
  item.won = record.has(Record::kWon);
}

bool Shard::open_room(std::size_t record_size, Seconds now) {
  if (segments_.fits(Queue::kSmall, record_size)) return true;
  char* chunk = pool_->take();
  if (chunk == nullptr) return false;
  segments_.open(Queue::kSmall, chunk, now);
  return true;
}

void Shard::open_room_anyway(Seconds now) {
  if (char* chunk = pool_->take_anyway()) segments_.open(Queue::kSmall, chunk, now);
}

Location Shard::append(Queue queue, std::size_t size, Seconds now) {
  if (const Location place = segments_.append(queue, size)) return place;
  char* chunk = pool_->take_anyway();
  if (chunk == nullptr) return 0;
  given_back_ -= static_cast<std::int64_t>(pool_->chunk_size());
  segments_.open(queue, chunk, now);
  return segments_.append(queue, size);
}

// The ids that one key has had count up. Where the place that a value is about to get would be an
// id below the one that somebody was told of its predecessor, it needs another; 0 where it does
// not.
std::uint64_t Shard::later_id(Queue queue, std::size_t size, const Place& old) {
  if (!old || !(old.record.cas_told() || old.record.has(Record::kCas))) return 0;
  const Location next = segments_.next(queue, size);
  if (next == 0) return 0;  // the segment that will be opened is the latest
  if (id_at(segments_.of(next).sequence, segments_.offset(next)) > cas_of(old)) return 0;
  return id_at(segments_.take_sequence(), 0);
}

bool Shard::sticky_fits(std::size_t size, const Content& content, const Place& old) const {
  if (content.expires != kSticky) return true;
  const std::size_t freed = old && old.record.sticky() ? weight(old.record) : 0;
  return memory_->sticky() - freed + size <= options_.sticky_limit;
}

// Only where nobody knows a CAS id that would have to change, and nothing has to be counted anew.
bool Shard::overwrite(Place& place, const Content& content) {
  Record& record = place.record;
  if (!place || record.apart() || record.has(Record::kCas) || record.cas_told()) return false;
  if (record.shape() != Record::shape_of(record.key().size(), content)) return false;
  if (record.sticky() || content.expires == kSticky) return false;
  record.overwrite(content);
  record.renew();
  note_expiry(place.location, content.expires);
  ++stats_.total_items;
  return true;
}

Queue Shard::queue_for(const Key& key, const Content& content, const Place& old) {
  // The main queue has no room made for it beforehand; without eviction it would have none at all.
  if (!options_.evict) return Queue::kSmall;
  if (old) return segments_.of(old.location).queue;
  if (content.expires == kSticky) return Queue::kMain;
  if (came_back(key.hash)) {
    ++stats_.ghost_hits;
    return Queue::kMain;
  }
  // As long as there is room for all, the small queue needs no more than its share: else it would
  // take several times the memory's worth of misses to come down to it.
  return !filled_ && small_is_full() ? Queue::kMain : Queue::kSmall;
}

Shard::Place Shard::put(const Key& key, const Content& wanted, const Place& old, Seconds now) {
  Content content = wanted;
  RecordShape shape = Record::shape_of(key.text.size(), content);
  const Queue queue = queue_for(key, content, old);
  if (content.cas == 0) content.cas = later_id(queue, shape.size(), old);
  if (content.cas != 0) shape = Record::shape_of(key.text.size(), content);
  const std::size_t size = shape.size() + apart(content);
  if (!sticky_fits(size, content, old)) return {};
  Place fresh = write(key, content, shape, queue, now);
  if (!fresh) return {};
  debt_ += size;
  ++stats_.total_items;
  if (old) fresh.record.set_asked(std::min(old.record.asked() + 1, Record::kMostAsked));
  acquire(content);
  return enter(key, fresh, old) ? fresh : Place();
}

Shard::Place Shard::rewrite(const Key& key, const Content& content, const Place& old, Seconds now) {
  const RecordShape shape = Record::shape_of(key.text.size(), content);
  if (!sticky_fits(shape.size() + apart(content), content, old)) return {};
  const Queue queue = options_.evict ? segments_.of(old.location).queue : Queue::kSmall;
  Place fresh = write(key, content, shape, queue, now);
  if (!fresh) return {};
  debt_ += shape.size();
  fresh.record.take_history(old.record);
  acquire(content);
  return enter(key, fresh, old) ? fresh : Place();
}

Shard::Place Shard::write(const Key& key, const Content& content, const RecordShape& shape,
                          Queue queue, Seconds now) {
  const bool anyway = queue == Queue::kMain;
  const Location location =
      anyway ? append(queue, shape.size(), now) : segments_.append(queue, shape.size());
  if (location == 0) return {};
  Place place{location, {}, Record::write(segments_.at(location), shape, key, content)};
  note_expiry(location, content.expires);
  if (place.record.apart()) ++segments_.of(location).apart;
  return place;
}

// The index shows the fresh record from now on, and the old one is dead.
bool Shard::enter(const Key& key, Place& fresh, const Place& old) {
  count_in(fresh.record);
  if (segments_.of(fresh.location).queue == Queue::kSmall) small_bytes_ += weight(fresh.record);
  if (old) {
    Index::move(old.slot, fresh.location);
    fresh.slot = old.slot;
    bury(old);
    return true;
  }
  if (!index_.insert(key.hash, fresh.location, HashAt{*this})) {
    bury(fresh);
    return false;
  }
  // Inserting may have moved entries about.
  fresh.slot = index_.find(key.hash, [&](Location at) { return at == fresh.location; });
  return true;
}

void Shard::note_expiry(Location location, Seconds expires) {
  if (expires == kNever || expires == kSticky) return;
  Seconds& first = segments_.of(location).first_expiry;
  if (first == kNever || expires < first) first = expires;
}

bool Shard::set_expiry_in_place(Place& place, Seconds expires) {
  Record& record = place.record;
  const Seconds before = record.expires();
  if (before == expires) return true;
  if (!record.has(Record::kExpires) || before == kSticky || expires == kSticky) return false;
  record.set_expires(expires);
  note_expiry(place.location, expires);
  return true;
}

void Shard::remove(const Key& key, const Place& place) {
  bury(place);
  index_.erase(key.hash, place.slot);
}

void Shard::clear() {
  for (std::uint32_t number = 1; number <= segments_.highest(); ++number) {
    const Segment& segment = segments_[number];
    if (segment.data == nullptr || segment.apart == 0) continue;
    std::uint32_t offset = 0;
    while (offset < segment.used) {
      const Record record(segment.data + offset);
      offset += static_cast<std::uint32_t>(record.size());
      if (record.dead()) continue;
      if (record.large()) record.large_value()->release();
      if (record.collection() != nullptr) bury(record.collection());
    }
  }
  memory_->remove_sticky(stats_.sticky_bytes);
  index_.clear();
  segments_.clear();
  ghosts_.clear();
  large_bytes_ = small_bytes_ = debt_ = 0;
  victim_ = 0;
  filled_ = false;
  small_share_ = kLeastSmallShare;
  reads_ = 0;
  stats_.items = stats_.item_bytes = stats_.sticky_items = stats_.sticky_bytes = 0;
  stats_.collections = stats_.collection_bytes = 0;
}

std::uint32_t Shard::sweep(std::uint32_t number, std::size_t& scanned, Seconds now) {
  for (number = std::max(number, 1u); number <= segments_.highest(); ++number) {
    Segment& segment = segments_[number];
    if (segment.data == nullptr || segment.first_expiry == kNever || segment.first_expiry > now) {
      continue;
    }
    scanned += segment.used;
    segment.first_expiry = kNever;
    std::uint32_t offset = 0;
    while (segments_[number].data != nullptr && offset < segments_[number].used) {
      const Location location = segments_.location(number, offset);
      const Record record(segments_.at(location));
      offset += static_cast<std::uint32_t>(record.size());
      if (record.dead()) continue;
      if (!over(record, now)) {
        note_expiry(location, record.expires());
        continue;
      }
      const std::uint64_t hash = hash_of(record);
      const auto slot = index_.find(hash, [&](Location at) { return at == location; });
      ++stats_.reclaimed;
      bury(place_of(location, slot));
      if (slot) index_.erase(hash, slot);
    }
    return number + 1;
  }
  return 0;
}

}  // namespace arcus::daemon
