#include "daemon/store/segments.h"

#include <bit>

namespace arcus::daemon {

void Segments::init(ChunkPool& pool) {
  pool_ = &pool;
  size_ = pool.chunk_size();
  offset_bits_ = static_cast<unsigned>(std::countr_zero(size_));
  offset_mask_ = static_cast<std::uint32_t>(size_ - 1);
  bases_.init((std::size_t{1} << 32) / size_);
  segments_.resize(1);  // number 0 is no segment
}

Location Segments::next(Queue queue, std::size_t size) const {
  for (const std::uint32_t number : {ends(queue).roomy, ends(queue).newest}) {
    if (takes(number, size)) return location(number, segments_[number].used);
  }
  return 0;
}

Location Segments::append(Queue queue, std::size_t size) {
  const Location place = next(queue, size);
  if (place != 0) of(place).used += static_cast<std::uint32_t>(size);
  return place;
}

std::uint32_t Segments::free_number() {
  if (free_numbers_.empty()) {
    segments_.emplace_back();
    return highest();
  }
  const std::uint32_t number = free_numbers_.back();
  free_numbers_.pop_back();
  return number;
}

void Segments::open(Queue queue, char* chunk, Seconds now) {
  leave_newest(queue);
  const std::uint32_t number = free_number();
  Segment& fresh = segments_[number];
  fresh = Segment();
  fresh.data = chunk;
  fresh.sequence = ++last_sequence_;
  fresh.opened = now;
  fresh.queue = queue;
  fresh.taking = true;
  store_base(number, chunk);
  Ends& line = ends(queue);
  fresh.older = line.newest;
  if (line.newest != 0) segments_[line.newest].newer = number;
  line.newest = number;
  if (line.oldest == 0) line.oldest = number;
  ++open_;
}

// What the newest segment has no room for may be followed by smaller ones. Of two ends the larger
// one stays open, but not for long: what is put there shall not be evicted early.
void Segments::leave_newest(Queue queue) {
  Ends& line = ends(queue);
  const std::uint32_t number = line.newest;
  if (number == 0 || number == line.roomy || !segments_[number].taking) return;
  constexpr std::uint64_t kLong = 8;
  if (line.roomy != 0 && room(line.roomy) > room(number) &&
      segments_[number].sequence - segments_[line.roomy].sequence < kLong) {
    seal(number);
    return;
  }
  if (line.roomy != 0) seal(line.roomy);
  line.roomy = number;
}

void Segments::seal(std::uint32_t number) {
  Segment& segment = segments_[number];
  Ends& line = ends(segment.queue);
  if (line.roomy == number) line.roomy = 0;
  segment.taking = false;
  if (segment.dead == segment.used) give_back(number);
}

bool Segments::died(std::uint32_t number, std::size_t size) {
  Segment& segment = segments_[number];
  segment.dead += static_cast<std::uint32_t>(size);
  dead_ += size;
  if (segment.taking || segment.dead != segment.used) return false;
  give_back(number);
  return true;
}

void Segments::give_back(std::uint32_t number) {
  Segment& segment = segments_[number];
  Ends& line = ends(segment.queue);
  (segment.older != 0 ? segments_[segment.older].newer : line.oldest) = segment.newer;
  (segment.newer != 0 ? segments_[segment.newer].older : line.newest) = segment.older;
  dead_ -= segment.dead;
  pool_->give_back(segment.data);
  segment.data = nullptr;
  free_numbers_.push_back(number);
  --open_;
}

void Segments::clear() {
  for (Ends& line : ends_) line.roomy = 0;
  for (std::uint32_t number = 1; number < segments_.size(); ++number) {
    if (segments_[number].data != nullptr) give_back(number);
  }
}

std::uint32_t Segments::emptiest(std::size_t& gain) const {
  std::uint32_t best = 0;
  gain = 0;
  for (std::uint32_t number = 1; number < segments_.size(); ++number) {
    const Segment& segment = segments_[number];
    if (segment.data == nullptr || segment.taking || segment.dead <= gain) continue;
    gain = segment.dead;
    best = number;
  }
  return best;
}

void Segments::prefetch(Location location) const {
  constexpr std::size_t kLine = 64;
  const char* base = load_base(number(location));
  __builtin_prefetch(base + offset(location));
  __builtin_prefetch(base + offset(location) + kLine);
}

}  // namespace arcus::daemon
