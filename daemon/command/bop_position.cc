// bop position, gbp, pwg: positions count from 0 at the smallest bkey (asc), or the largest (desc).
#include <algorithm>

#include "daemon/command/bop.h"
#include "daemon/command/btree_terms.h"
#include "daemon/command/elements_read.h"

namespace arcus::daemon {
namespace {

constexpr CollectionType kType = CollectionType::kBtree;

// The position of an index and the index of a position.
std::uint32_t turned(std::uint32_t place, std::uint32_t size, bool ascending) {
  return ascending ? place : size - place - 1;
}

// Where a bkey is, or what to answer.
std::string_view find_bkey(const Collection& tree, const Bkey& bkey, std::uint32_t& index) {
  if (tree.size() == 0) return kNoElement;
  if (!btree_accepts(tree, bkey.kind())) return answer_of(CollectionResult::kBkeyMismatch);
  const auto at = btree_find(tree, bkey);
  if (!at) return kNoElement;
  index = at.index();
  return {};
}

struct Positions {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
};

std::optional<Positions> parse_positions(std::string_view word) {
  const std::size_t dots = word.find("..");
  const auto from = parse_u32(word.substr(0, dots));
  const auto to = dots == word.npos ? from : parse_u32(word.substr(dots + 2));
  if (!from || !to) return std::nullopt;
  return Positions{*from, *to};
}

class PositionRead : public ElementsRead {
 public:
  PositionRead(const Positions& positions, bool ascending)
      : ElementsRead(kType, Removal::kNone), positions_(positions), ascending_(ascending) {}

  std::string_view find(Call&, const Collection& tree, Places& places) override {
    const std::uint32_t size = tree.size();
    if (std::min(positions_.from, positions_.to) >= size) return kNoElement;
    const std::uint32_t from = turned(std::min(positions_.from, size - 1), size, ascending_);
    const std::uint32_t to = turned(std::min(positions_.to, size - 1), size, ascending_);
    places.span = {from, (from <= to ? to - from : from - to) + 1, from <= to};
    return {};
  }
  void tell(Line& line, const Element& element) const override {
    add_btree_element(line, element);
  }
  std::unique_ptr<ElementsRead> keep() override { return std::make_unique<PositionRead>(*this); }

 private:
  Positions positions_;
  bool ascending_;
};

// A bkey's position, and the elements around it.
class NeighbourRead : public ElementsRead {
 public:
  NeighbourRead(const Bkey& bkey, bool ascending, std::uint32_t reach)
      : ElementsRead(kType, Removal::kNone), bkey_(bkey), ascending_(ascending), reach_(reach) {}

  std::string_view find(Call&, const Collection& tree, Places& places) override {
    std::uint32_t index = 0;
    if (const auto why = find_bkey(tree, bkey_, index); !why.empty()) return why;
    position_ = turned(index, tree.size(), ascending_);
    before_ = std::min(position_, reach_);
    const std::uint32_t after = std::min(tree.size() - position_ - 1, reach_);
    places.span = {ascending_ ? index - before_ : index + before_, before_ + 1 + after, ascending_};
    return {};
  }
  void tell_head(Line& line, std::uint32_t flags, std::uint32_t count) const override {
    line.add("VALUE ");
    line.add_number(position_);
    for (const std::uint32_t number : {flags, count, before_}) {
      line.add(' ');
      line.add_number(number);
    }
    line.add("\r\n");
  }
  void tell(Line& line, const Element& element) const override {
    add_btree_element(line, element);
  }
  std::unique_ptr<ElementsRead> keep() override { return std::make_unique<NeighbourRead>(*this); }

 private:
  Bkey bkey_;
  bool ascending_;
  std::uint32_t reach_;  // how many on either side
  std::uint32_t position_ = 0;
  std::uint32_t before_ = 0;  // how many there are
};

}  // namespace

// bkey, order
Progress bop_position(Call& call, CollectionLine& line) {
  const auto bkey = parse_bkey(line.terms.take());
  const auto ascending = parse_order(line.terms.take());
  if (!bkey || !ascending || !line.terms.empty()) return line.bad_line();
  Access item = call.engine.store().access(line.key, call.now);
  if (const auto why = not_to_be_read(item, kType); !why.empty()) return line.answer(why);
  item.hit();
  const Collection& tree = *item->collection;
  std::uint32_t index = 0;
  if (const auto why = find_bkey(tree, *bkey, index); !why.empty()) return line.answer(why);
  return line.answer_number("POSITION=", turned(index, tree.size(), *ascending));
}

// order, position or range of positions
Progress bop_gbp(Call&, CollectionLine& line) {
  const auto ascending = parse_order(line.terms.take());
  const auto positions = parse_positions(line.terms.take());
  if (!ascending || !positions || !line.terms.empty()) return line.bad_line();
  PositionRead read(*positions, *ascending);
  return read_elements(line, read);
}

// bkey, order, [count]
Progress bop_pwg(Call&, CollectionLine& line) {
  constexpr std::uint32_t kMost = 100;
  const auto bkey = parse_bkey(line.terms.take());
  const auto ascending = parse_order(line.terms.take());
  std::optional<std::uint32_t> reach = 0;
  if (!line.terms.empty()) reach = parse_u32(line.terms.take());
  if (!bkey || !ascending || !reach || !line.terms.empty()) return line.bad_line();
  if (*reach > kMost) return line.answer("CLIENT_ERROR too large count value\r\n");
  NeighbourRead read(*bkey, *ascending, *reach);
  return read_elements(line, read);
}

}  // namespace arcus::daemon
