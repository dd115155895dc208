// ElementsRead: a get of elements, however many they are. A short one is answered at once. A long
// one is gone through in slices, so that neither its shard nor its worker keeps others waiting: the
// text is put together in the session, and begun anew when the collection has changed meanwhile;
// after a few attempts it is done in one go. What the client gets is what was there at one moment.
//
// On the stack of its command, or kept by the session; one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "daemon/collection/index_span.h"
#include "daemon/command/elements.h"

namespace arcus::daemon {

class ElementsRead {
 public:
  // Where the elements are, in the order in which they are told.
  struct Places {
    IndexSpan span;                     // they lie side by side,
    std::vector<std::uint32_t> listed;  // or here and there
    bool is_listed = false;
    // The search goes on there when it is called again.
    bool unfinished = false;
    std::uint32_t searched = 0;

    std::uint32_t count() const {
      return is_listed ? static_cast<std::uint32_t>(listed.size()) : span.count;
    }
    std::uint32_t index(std::uint32_t number) const {
      return is_listed ? listed[number] : span.index(number);
    }
  };

  ElementsRead(CollectionType type, Removal removal) : type_(type), removal_(removal) {}
  virtual ~ElementsRead() = default;

  CollectionType type() const { return type_; }
  Removal removal() const { return removal_; }

  // Finds them, some thousand elements a call; answers where there is nothing to be told.
  virtual std::string_view find(Call& call, const Collection& collection, Places& places) = 0;
  virtual void tell_head(Line& line, std::uint32_t flags, std::uint32_t count) const;
  virtual void tell(Line& line, const Element& element) const = 0;
  // The last line of one that leaves all elements where they are.
  virtual std::string_view ending() const { return "END\r\n"; }
  // Itself, with what it has of the request, for longer than the request is there.
  virtual std::unique_ptr<ElementsRead> keep() = 0;

 private:
  CollectionType type_;
  Removal removal_;
};

Progress read_elements(CollectionLine& line, ElementsRead& read);
// What counts of an answer without elements: what is not there since it was trimmed is as if the key
// were not there.
Outcome outcome_of_read(std::string_view text);

// Goes through elements that were found, while the collection is locked and stays as it is.
class PlacesWalk {
 public:
  PlacesWalk(const Tree& tree, const ElementsRead::Places& places)
      : tree_(tree), places_(places), at_(tree.end()) {}

  const ElementsRead::Places& places() const { return places_; }
  Element element(std::uint32_t number);

 private:
  const Tree& tree_;
  const ElementsRead::Places& places_;
  Tree::Cursor at_;
  std::uint32_t index_ = 0;  // where it stands
};

// Takes away elements that lie here and there.
void erase_places(Access& item, std::vector<std::uint32_t> places);

}  // namespace arcus::daemon
