#include "daemon/command/bop_range.h"

#include "daemon/command/btree_terms.h"

namespace arcus::daemon {
namespace {

// How many elements are looked at without a pause.
constexpr std::uint32_t kSearchSlice = 5000;

}  // namespace

std::string_view RangeRead::find(Call&, const Collection& tree, Places& places) {
  if (tree.size() == 0 || choice_.offset >= tree.size()) return kNoElement;
  if (!btree_accepts(tree, choice_.range.from.kind())) {
    return answer_of(CollectionResult::kBkeyMismatch);
  }
  const IndexSpan span = btree_span(tree, choice_.range);
  bool to_its_end = true;
  if (choice_.filter) {
    to_its_end = filter(tree, span, places);
    if (places.unfinished) return {};
  } else {
    places.span = span.part(offset(), choice_.count);
    const std::uint64_t wanted = std::uint64_t{offset()} + choice_.count;
    to_its_end = choice_.count == 0 || wanted > span.count;
  }
  trimmed_ = begins_in_trimmed(tree, choice_.range) ||
             (to_its_end && !choice_.range.single() &&
              ends_in_trimmed(tree, choice_.range, span));
  if (places.count() > 0) return {};
  return trimmed_ ? answer_of(CollectionResult::kOutOfRange) : kNoElement;
}

void RangeRead::tell(Line& line, const Element& element) const {
  add_btree_element(line, element);
}

// Whether it has looked at all of the span.
bool RangeRead::filter(const Collection& tree, const IndexSpan& span, Places& places) {
  places.is_listed = true;
  if (!std::exchange(places.unfinished, false)) skipped_ = 0;
  bool enough = false;
  FilteredSearch search(tree, *choice_.filter, span);
  places.searched = search.run(places.searched, kSearchSlice, [&](std::uint32_t index) {
    if (skipped_ < offset()) {
      ++skipped_;
      return true;
    }
    places.listed.push_back(index);
    enough = places.listed.size() == choice_.count;
    return !enough;
  });
  places.unfinished = !enough && places.searched < span.count;
  return !enough;
}

}  // namespace arcus::daemon
