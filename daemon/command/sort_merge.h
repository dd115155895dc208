// SortMerge: the elements of many b+trees in the order of their bkeys, as if all were one tree. It
// asks one tree at a time, locks no two, and works in steps of about a millisecond; between them, and
// between two elements of one tree, trees may change, so it goes on behind the last bkey it had.
//
// First every tree tells its first element's bkey, then the tree with the smallest gives some
// elements, more each time, until another one is due. In the state of bop smget.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/command/bop_keys.h"
#include "daemon/command/long_text.h"

namespace arcus::daemon {

enum class MergeMode {
  kDuplicate,
  kUnique,  // of equal bkeys only the one whose key comes first
  kOld,     // as kDuplicate, but it ends, or fails, where elements were trimmed
};

class SortMerge {
 public:
  // `keys` have blanks between them.
  SortMerge(KeysQuery query, MergeMode mode, std::string keys);

  // Whether it is done.
  bool step(Call& call);
  // When it is: what to answer instead, or nothing.
  std::string_view error() const { return error_; }

  // Results. Elements are lines as smget shows them.
  std::uint32_t count() const { return count_; }
  bool duplicated() const { return duplicated_; }
  LongText& elements() { return text_; }
  bool ended_in_trimmed() const { return !trimmed_.empty() && count_ < choice_.count; }
  void tell_missed(Line& line) const;
  void tell_trimmed(Line& line);

 private:
  // What a tree gave beforehand: lines without the key.
  struct Batch {
    struct Entry {
      Bkey bkey;
      std::size_t end;  // of its line
    };
    std::vector<Entry> entries;
    std::string lines;
    std::size_t next = 0;
    std::uint32_t size = 0;  // to be asked for
  };
  struct Source {
    Key key;
    std::uint32_t flags = 0;
    bool has_given = false;
    Bkey head;  // the next element's, or where the search for it stands
    std::unique_ptr<Batch> batch;
  };
  struct Missed {
    std::uint32_t source;
    std::string_view why;
  };
  struct Trimmed {
    std::uint32_t source;
    Bkey last;
  };
  enum class Found { kElement, kNothingYet, kEnd };

  bool comes_later(std::uint32_t a, std::uint32_t b) const;
  void open_some(Call& call);
  void open(Call& call, std::uint32_t source);
  void merge_some(Call& call);
  bool emit(Source& source);
  Found fetch(Call& call, std::uint32_t source);
  Found read(const Collection& tree, std::uint32_t source);
  void advance(Call& call, std::uint32_t source);
  void place(std::uint32_t source, Found found);
  void fail(std::string_view text);

  const RangeChoice choice_;
  const MergeMode mode_;
  const bool forward_;
  const std::string keys_;
  std::vector<Source> sources_;
  std::size_t opened_ = 0;
  std::vector<std::uint32_t> heap_;  // sources by their heads, the next first

  bool done_ = false;
  std::string_view error_;
  std::uint32_t budget_ = 0;  // what this step may still do
  // The one whose search goes on in the next step, behind its head or, at first, from it.
  std::optional<std::uint32_t> searching_;
  bool behind_ = false;

  Reply piece_;
  LongText text_;
  std::uint32_t count_ = 0;
  std::uint32_t skipped_ = 0;
  std::optional<Bkey> last_;
  bool duplicated_ = false;
  std::vector<Missed> missed_;
  std::vector<Trimmed> trimmed_;
};

}  // namespace arcus::daemon
