#include "daemon/command/sort_merge.h"

#include <algorithm>

#include "daemon/command/btree_terms.h"

namespace arcus::daemon {
namespace {

// A step: elements looked at, where a tree costs some more, and so do long values.
constexpr std::uint32_t kBudget = 8000;
constexpr std::uint32_t kTreeCost = 10;
constexpr std::size_t kBytesPerCost = 256;
// What a tree gives beforehand, at most, if more than one element.
constexpr std::uint32_t kMostBatch = 64;
constexpr std::size_t kMostBatchBytes = 8 * 1024;
// How far the index is read ahead of the trees.
constexpr std::size_t kGroup = 16;

std::string text_of(const Reply& reply) {
  iovec bytes;
  if (reply.gather(&bytes, 1) == 0) return {};
  return {static_cast<const char*>(bytes.iov_base), bytes.iov_len};
}

}  // namespace

SortMerge::SortMerge(KeysQuery query, MergeMode mode, std::string keys)
    : choice_(std::move(query.choice)),
      mode_(mode),
      forward_(choice_.range.forward()),
      keys_(std::move(keys)) {
  sources_.reserve(query.keys);
  Words words(keys_);
  for (auto key = words.next(); !key.empty(); key = words.next()) {
    sources_.emplace_back().key.text = key;
  }
}

bool SortMerge::step(Call& call) {
  budget_ = kBudget;
  if (searching_) {
    const std::uint32_t source = *std::exchange(searching_, std::nullopt);
    place(source, fetch(call, source));
  }
  while (!done_ && !searching_ && budget_ > 0) {
    if (opened_ < sources_.size()) {
      open_some(call);
    } else {
      merge_some(call);
    }
  }
  if (done_) text_.add(piece_);
  return done_;
}

void SortMerge::fail(std::string_view text) {
  error_ = text;
  done_ = true;
}

bool SortMerge::comes_later(std::uint32_t a, std::uint32_t b) const {
  const auto order = sources_[a].head <=> sources_[b].head;
  const auto by_key = sources_[a].key.text.compare(sources_[b].key.text);
  if (forward_) return order > 0 || (order == 0 && by_key > 0);
  return order < 0 || (order == 0 && by_key < 0);
}

void SortMerge::place(std::uint32_t source, Found found) {
  if (found == Found::kNothingYet) searching_ = source;
  if (found != Found::kElement) return;
  heap_.push_back(source);
  std::push_heap(heap_.begin(), heap_.end(),
                 [this](std::uint32_t a, std::uint32_t b) { return comes_later(a, b); });
}

// --- what the trees have ---

void SortMerge::open_some(Call& call) {
  const Store& store = call.engine.store();
  const std::size_t begin = opened_ - opened_ % kGroup;
  const std::size_t end = std::min(begin + kGroup, sources_.size());
  if (opened_ == begin) {
    for (std::size_t i = begin; i < end; ++i) {
      sources_[i].key = store.key(sources_[i].key.text);
      store.prefetch_index(sources_[i].key.hash);
    }
    for (std::size_t i = begin; i < end; ++i) store.prefetch_item(sources_[i].key.hash);
  }
  while (opened_ < end && !done_ && !searching_) {
    open(call, static_cast<std::uint32_t>(opened_++));
  }
}

void SortMerge::open(Call& call, std::uint32_t index) {
  budget_ -= std::min(budget_, kTreeCost);
  Source& source = sources_[index];
  Access item = call.engine.store().access(source.key, call.now);
  if (!item) return missed_.push_back({index, kNotFound});
  if (!missing(item, CollectionType::kBtree).empty()) return fail(kTypeMismatch);
  item.hit();
  const Collection& tree = *item->collection;
  if (!tree.options.readable) return missed_.push_back({index, kUnreadable});
  if (tree.size() == 0) return;
  if (!btree_accepts(tree, choice_.range.from.kind())) {
    return fail(answer_of(CollectionResult::kBkeyMismatch));
  }
  if (begins_in_trimmed(tree, choice_.range)) {
    if (mode_ == MergeMode::kOld) return fail(answer_of(CollectionResult::kOutOfRange));
    return missed_.push_back({index, answer_of(CollectionResult::kOutOfRange)});
  }
  source.flags = item->flags;
  source.head = choice_.range.from;
  // Among many, most trees give nothing: then the first bkey is enough.
  const std::size_t share =
      2 * (std::size_t{choice_.offset} + choice_.count) / sources_.size();
  if (share > 0) {
    source.batch = std::make_unique<Batch>();
    source.batch->size = static_cast<std::uint32_t>(std::min<std::size_t>(share, kMostBatch));
  }
  behind_ = false;
  const Found found = read(tree, index);
  item.unlock();
  place(index, found);
}

SortMerge::Found SortMerge::fetch(Call& call, std::uint32_t index) {
  budget_ -= std::min(budget_, kTreeCost);
  Access item = call.engine.store().access(sources_[index].key, call.now);
  // What is no longer there has given what it had.
  if (!not_to_be_read(item, CollectionType::kBtree).empty()) return Found::kEnd;
  const Collection& tree = *item->collection;
  return btree_accepts(tree, choice_.range.from.kind()) ? read(tree, index) : Found::kEnd;
}

// From the source's head on, or behind it.
SortMerge::Found SortMerge::read(const Collection& tree, std::uint32_t index) {
  Source& source = sources_[index];
  const IndexSpan span = btree_span(tree, {source.head, choice_.range.to});
  auto at = tree.tree.at(span.first);
  Batch* const batch = source.batch.get();
  Reply lines;
  Line line(lines);
  if (batch != nullptr) {
    batch->entries.clear();
    batch->next = 0;
  }
  bool found = false;
  std::uint32_t i = 0;
  for (; i < span.count && (budget_ > 0 || i == 0); ++i, forward_ ? at.next() : at.prev()) {
    budget_ -= std::min(budget_, 1U);
    const Element element = at.element();
    const Bkey bkey(element.key);
    if (i == 0 && behind_ && bkey == source.head) continue;
    if (choice_.filter && !choice_.filter->matches(element.tag)) continue;
    if (!std::exchange(found, true)) source.head = bkey;
    if (batch == nullptr) break;
    add_btree_element(line, element);
    line.flush();
    batch->entries.push_back({bkey, lines.mark()});
    budget_ -= std::min<std::size_t>(budget_, element.value.size() / kBytesPerCost);
    if (batch->entries.size() == batch->size || lines.mark() >= kMostBatchBytes) break;
  }
  if (found) {
    source.has_given = true;
    if (batch != nullptr) batch->lines = text_of(lines);
    return Found::kElement;
  }
  if (i < span.count) {
    // The element before this one was the last to be looked at.
    forward_ ? at.prev() : at.next();
    source.head = Bkey(at.key());
    behind_ = true;
    return Found::kNothingYet;
  }
  const IndexSpan all = btree_span(tree, choice_.range);
  if (ends_in_trimmed(tree, choice_.range, all)) {
    if (mode_ == MergeMode::kOld && !source.has_given) {
      fail(answer_of(CollectionResult::kOutOfRange));
    }
    trimmed_.push_back({index, Bkey(tree.tree.at(all.index(all.count - 1)).key())});
  }
  return Found::kEnd;
}

// --- what comes of them ---

void SortMerge::merge_some(Call& call) {
  if (heap_.empty()) {
    done_ = true;
    return;
  }
  const auto later = [this](std::uint32_t a, std::uint32_t b) { return comes_later(a, b); };
  std::pop_heap(heap_.begin(), heap_.end(), later);
  const std::uint32_t index = heap_.back();
  heap_.pop_back();
  Source& source = sources_[index];
  if (!heap_.empty()) {
    const Source& next = sources_[heap_.front()];
    if (next.head == source.head && next.key.text == source.key.text) return fail(kBadChunk);
  }
  if (source.batch == nullptr) {
    source.batch = std::make_unique<Batch>();
    source.batch->size = 1;
  }
  Batch& batch = *source.batch;
  if (batch.next == batch.entries.size()) {
    const Bkey expected = source.head;
    behind_ = false;
    const Found found = fetch(call, index);
    if (found != Found::kElement || source.head != expected) return place(index, found);
  }
  const bool over = mode_ == MergeMode::kOld && !trimmed_.empty() && last_ != source.head;
  if (over || emit(source)) {
    done_ = true;
    return;
  }
  advance(call, index);
}

// Whether that was the last one wanted.
bool SortMerge::emit(Source& source) {
  const Batch& batch = *source.batch;
  const Batch::Entry& entry = batch.entries[batch.next];
  const bool duplicate = last_ == entry.bkey;
  last_ = entry.bkey;
  if (mode_ == MergeMode::kUnique && duplicate) return false;
  if (skipped_ < choice_.offset) {
    ++skipped_;
    return false;
  }
  if (duplicate && count_ > 0) duplicated_ = true;
  const std::size_t begin = batch.next == 0 ? 0 : batch.entries[batch.next - 1].end;
  piece_.add(source.key.text);
  piece_.add(" ");
  piece_.add_number(source.flags);
  piece_.add(" ");
  piece_.add(std::string_view(batch.lines).substr(begin, entry.end - begin));
  if (piece_.pending() >= LongText::kPiece) text_.add(piece_);
  return ++count_ == choice_.count;
}

void SortMerge::advance(Call& call, std::uint32_t index) {
  Batch& batch = *sources_[index].batch;
  ++batch.next;
  if (batch.next < batch.entries.size()) {
    sources_[index].head = batch.entries[batch.next].bkey;
    return place(index, Found::kElement);
  }
  // Whoever has given much will give more.
  const std::uint32_t wanted = choice_.offset + choice_.count - skipped_ - count_;
  batch.size = std::min({2 * batch.size, kMostBatch, wanted});
  behind_ = true;
  place(index, fetch(call, index));
}

// --- results ---

void SortMerge::tell_missed(Line& line) const {
  line.add("MISSED_KEYS ");
  line.add_number(missed_.size());
  line.add("\r\n");
  for (const auto& [source, why] : missed_) {
    line.add(sources_[source].key.text);
    if (mode_ != MergeMode::kOld) line.add(' ');
    line.add(mode_ != MergeMode::kOld ? why : "\r\n");
  }
}

void SortMerge::tell_trimmed(Line& line) {
  // Behind the last element that was wanted nothing is missing.
  const bool full = count_ == choice_.count;
  std::erase_if(trimmed_, [&](const Trimmed& one) {
    return full && (forward_ ? one.last >= *last_ : one.last <= *last_);
  });
  std::sort(trimmed_.begin(), trimmed_.end(), [this](const Trimmed& a, const Trimmed& b) {
    if (a.last != b.last) return forward_ ? a.last < b.last : a.last > b.last;
    return a.source < b.source;
  });
  line.add("TRIMMED_KEYS ");
  line.add_number(trimmed_.size());
  line.add("\r\n");
  for (const auto& [source, last] : trimmed_) {
    line.add(sources_[source].key.text);
    line.add(' ');
    add_bkey(line, last.key());
    line.add("\r\n");
  }
}

}  // namespace arcus::daemon
