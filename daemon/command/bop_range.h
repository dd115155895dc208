// The elements of a range of bkeys, by a filter or without one: how they are found, for all commands
// that read them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "daemon/collection/btree.h"
#include "daemon/command/elements_read.h"

namespace arcus::daemon {

// Those of a range that a filter lets through, all but the first `offset`, at most `count` (0: all).
struct RangeChoice {
  BkeyRange range;
  std::optional<EflagFilter> filter;
  std::uint32_t offset = 0;
  std::uint32_t count = 0;
};

// The elements of a span that a filter lets through, by their indexes.
class FilteredSearch {
 public:
  FilteredSearch(const Collection& tree, const EflagFilter& filter, const IndexSpan& span)
      : filter_(filter), span_(span), at_(tree.tree.end()), tree_(tree.tree) {}

  // From the span's number `done` on, as many as `most` of them: calls found(index), which says
  // whether to go on. How far it has come.
  template <typename FoundOne>
  std::uint32_t run(std::uint32_t done, std::uint32_t most, const FoundOne& found) {
    const std::uint32_t end = std::min<std::uint64_t>(span_.count, std::uint64_t{done} + most);
    if (done < end) at_ = tree_.at(span_.index(done));
    while (done < end) {
      const bool matches = filter_.matches(at_.element().tag);
      span_.forward ? at_.next() : at_.prev();
      ++done;
      if (matches && !found(span_.index(done - 1))) break;
    }
    return done;
  }

 private:
  const EflagFilter& filter_;
  const IndexSpan span_;
  Tree::Cursor at_;
  const Tree& tree_;
};

class RangeRead : public ElementsRead {
 public:
  RangeRead(RangeChoice choice, Removal removal)
      : ElementsRead(CollectionType::kBtree, removal), choice_(std::move(choice)) {}

  std::string_view find(Call& call, const Collection& tree, Places& places) override;
  void tell(Line& line, const Element& element) const override;
  // Of what was found: whether something may be missing that was trimmed.
  bool trimmed() const { return trimmed_; }
  std::string_view ending() const override { return trimmed_ ? "TRIMMED\r\n" : "END\r\n"; }
  std::unique_ptr<ElementsRead> keep() override { return std::make_unique<RangeRead>(*this); }

 private:
  // Of one bkey nothing is passed over.
  std::uint32_t offset() const { return choice_.range.single() ? 0 : choice_.offset; }
  bool filter(const Collection& tree, const IndexSpan& span, Places& places);

  RangeChoice choice_;
  std::uint32_t skipped_ = 0;
  bool trimmed_ = false;
};

}  // namespace arcus::daemon
