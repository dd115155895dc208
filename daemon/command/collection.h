// What the commands of lists, sets, maps and b+trees have in common: a verb with subcommands, the
// key, a last word that says how to answer, attributes of a collection to be made, a value that
// follows the line, and the way to the collection in the store.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/collection/collection.h"
#include "daemon/command/attention.h"
#include "daemon/command/collection_counts.h"
#include "daemon/command/command.h"
#include "daemon/command/pipe.h"
#include "daemon/command/receiving.h"

namespace arcus::daemon {

// The words after the subcommand, or some of them.
class Terms {
 public:
  static constexpr std::size_t kMost = 16;

  explicit Terms(std::string_view text);

  std::size_t size() const { return size_; }
  bool too_many() const { return too_many_; }
  bool empty() const { return size_ == 0; }
  // An empty view where there is none.
  std::string_view operator[](std::size_t i) const { return i < size_ ? words_[first_ + i] : ""; }
  std::string_view last() const { return size_ > 0 ? words_[first_ + size_ - 1] : ""; }
  // Passes over one, or forgets the last.
  std::string_view take() {
    if (size_ == 0) return {};
    const std::string_view word = (*this)[0];
    ++first_;
    --size_;
    return word;
  }
  void drop_last() { --size_; }

 private:
  std::array<std::string_view, kMost> words_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  bool too_many_ = false;
};

// Which last words a subcommand knows.
enum class Manners : std::uint8_t { kAnswers, kNoreply, kPipe, kNoreplyOrPipe };

class CollectionLine;

struct Subcommand {
  std::string_view name;
  // Carries it out; called once more when the value that it waited for has come.
  Progress (*handler)(Call& call, CollectionLine& line);
  const SubcommandCounts& counts;
  Manners manners = Manners::kAnswers;
  // The size of the value behind the line, without CR LF, if there is one; the words after the
  // subcommand are given.
  std::optional<std::size_t> (*value_size)(const Terms& terms) = nullptr;
  bool has_key = true;  // the first word is one
};

// What a command that takes several turns keeps of its line, to answer later.
struct KeptLine {
  std::string key;
  std::uint64_t hash = 0;
  Ending ending = Ending::kReply;
  const SubcommandCounts* counts = nullptr;
};

// A line as a subcommand gets it.
class CollectionLine {
 public:
  Call& call;
  Key key;
  Terms terms;  // after the key, without noreply and pipe
  Ending ending = Ending::kReply;

  CollectionLine(Call& of, const Request* request, Terms words)
      : call(of), terms(std::move(words)), request_(request) {}
  // In a later turn; as long as what was kept.
  CollectionLine(Call& of, const KeptLine& kept)
      : call(of),
        key{kept.key, kept.hash},
        terms({}),
        ending(kept.ending),
        counts_(kept.counts),
        request_(nullptr) {}
  KeptLine keep() const { return {std::string(key.text), key.hash, ending, counts_}; }

  // An answer, at once or in a pipeline's turn; counted by what it says.
  Progress answer(std::string_view text) { return answer(text, outcome_of(text)); }
  Progress answer(std::string_view text, Outcome outcome) {
    count(outcome);
    return daemon::answer(call, ending, text);
  }
  // Of an answer that was told in another way.
  void count(Outcome outcome) {
    if (counts_ == nullptr) return;
    daemon::count(call.stats, *counts_, outcome);
    if ((call.attention & Engine::kDetail) != 0) [[unlikely]] {
      count_in_detail(call, key.text, *counts_, outcome);
    }
  }
  // A number behind a word or nothing.
  Progress answer_number(std::string_view word, std::uint64_t number);
  Progress bad_line() { return answer(kBadLine); }
  // Where the value is refused unseen: the answer, and the value is passed over.
  Progress refuse(std::size_t size, std::string_view text);

  // The value that follows, of that size. Empty: it is there, as value(). Else what to return.
  std::optional<Progress> await_value(std::size_t size);
  // With its CR LF checked by has_whole_value().
  std::string_view value() const { return body_.substr(0, body_.size() - 2); }
  bool has_whole_value() const { return body_.ends_with("\r\n"); }

 private:
  friend Progress run_collection_command(Call& call, const Request& request,
                                         std::span<const Subcommand> table);
  friend Progress collection_value_arrived(Call& call);

  const SubcommandCounts* counts_ = nullptr;
  const Request* request_;  // null when the value has come after it
  std::string_view body_;
};

Progress run_collection_command(Call& call, const Request& request,
                                std::span<const Subcommand> table);
// For those who look ahead: the size of the value behind such a line.
std::optional<std::size_t> collection_value_size(std::string_view verb, std::string_view arguments);
// The tables, by the verb, which its first letter tells.
std::span<const Subcommand> collection_subcommands(std::string_view verb);
std::span<const Subcommand> list_subcommands();
std::span<const Subcommand> set_subcommands();
std::span<const Subcommand> map_subcommands();
std::span<const Subcommand> btree_subcommands();

// --- attributes ---

struct Attributes {
  CollectionOptions options;
  std::uint32_t flags = 0;
  Seconds expires = kNever;
};
// flags, exptime, maxcount, overflow action, "unreadable": all but the first may be left out. Takes
// them all, or says nothing.
std::optional<Attributes> parse_attributes(Call& call, Terms& terms, CollectionType type);
// The number of elements that a collection of that type may have, where it says `wanted`.
std::uint32_t limited_count(const Engine& engine, CollectionType type, std::int64_t wanted);
// How many it may have at this moment.
std::uint32_t most_elements(const Engine& engine, const Collection& collection);
std::string_view overflow_name(Overflow overflow);
std::optional<Overflow> parse_overflow(std::string_view word);

// --- the collection ---

inline constexpr std::string_view kNotFound = "NOT_FOUND\r\n";
inline constexpr std::string_view kNoElement = "NOT_FOUND_ELEMENT\r\n";
inline constexpr std::string_view kUnreadable = "UNREADABLE\r\n";
inline constexpr std::string_view kTooLargeValue = "CLIENT_ERROR too large value\r\n";
inline constexpr std::string_view kNoMemoryForCollection = "SERVER_ERROR out of memory\r\n";

// Why there is no collection to work on; empty: there is.
std::string_view missing(const Access& item, CollectionType type);
// The same for those who read elements.
std::string_view not_to_be_read(const Access& item, CollectionType type);

// What all `create` subcommands do.
Progress create_collection(CollectionLine& line, CollectionType type);

// What all inserts do: makes the collection if it is not there and `attributes` say so, puts in by
// `insert(Collection&, Blocks&)`, and answers; unless `answered(flags)` has done so, where it worked.
template <typename Insert, typename Answered>
Progress insert_element(CollectionLine& line, CollectionType type,
                        const std::optional<Attributes>& attributes, std::size_t room,
                        const Insert& insert, const Answered& answered);
template <typename Insert>
Progress insert_element(CollectionLine& line, CollectionType type,
                        const std::optional<Attributes>& attributes, std::size_t room,
                        const Insert& insert) {
  return insert_element(line, type, attributes, room, insert,
                        [](std::uint32_t) { return std::optional<Progress>(); });
}
std::string_view answer_of(CollectionResult result);

template <typename Insert, typename Answered>
Progress insert_element(CollectionLine& line, CollectionType type,
                        const std::optional<Attributes>& attributes, std::size_t room,
                        const Insert& insert, const Answered& answered) {
  Store& store = line.call.engine.store();
  if (attributes) room += Collection::room();
  Access item = store.access_to_grow(line.key, room, line.call.now);
  bool created = false;
  if (!item && attributes) {
    created = item.create(attributes->options, attributes->flags, attributes->expires) ==
              StoreResult::kStored;
    if (!created) return line.answer(kNoMemoryForCollection);
  }
  if (const auto why = missing(item, type); !why.empty()) return line.answer(why);
  if (!item.has_room() || item.sticky_is_full()) {
    if (created) item.remove();
    return line.answer(kNoMemoryForCollection);
  }
  // Who is written to is popular: else a collection could be evicted while it is being filled.
  if (!created) item.hit();
  const CollectionResult result = insert(*item->collection, item.blocks());
  if (created && result != CollectionResult::kOk) item.remove();
  const std::uint32_t flags = item->flags;
  item.unlock();
  if (result == CollectionResult::kOk) {
    if (const auto done = answered(flags)) return *done;
  }
  if (created && result == CollectionResult::kOk) return line.answer("CREATED_STORED\r\n");
  return line.answer(answer_of(result));
}

}  // namespace arcus::daemon
