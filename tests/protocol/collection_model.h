// CollectionModel: lists, sets, maps and b+trees as plain containers, and what the commands answer
// by the protocol's description: slow, and simple enough to be believed.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace arcus::tests {

struct ModelBkey {
  bool is_number = true;
  std::string order;  // its bytes, or those of the number, the highest first

  static ModelBkey number(std::uint64_t number);
  static ModelBkey bytes(std::string bytes) { return {false, std::move(bytes)}; }
  std::string text() const;
  // Its first `size` bytes as a number, with zeros where it ends.
  std::uint64_t head(std::size_t size) const;
};
std::string hex(const std::string& bytes);

struct ModelElement {
  std::string eflag;
  std::string value;
};

struct ModelAttributes {
  unsigned flags = 0;
  std::size_t most = 4000;
  std::string overflow;
  bool readable = true;
};

struct ModelRange {
  ModelBkey from;
  ModelBkey to;
  bool backward() const { return to.order < from.order; }
};

struct ModelFilter {
  std::size_t offset = 0;
  std::string compare;  // EQ NE LT GE
  std::vector<std::string> values;
  bool matches(const std::string& eflag) const;
};

struct ModelChoice {
  ModelRange range;
  std::optional<ModelFilter> filter;
  std::size_t offset = 0;
  std::size_t count = 0;  // 0: all
};

class CollectionModel {
 public:
  using Create = std::optional<ModelAttributes>;

  std::string create(const std::string& key, char type, const ModelAttributes& attributes);
  std::string remove(const std::string& key);
  std::string set_range(const std::string& key, const std::optional<ModelBkey>& range);
  std::string attributes(const std::string& key) const;

  std::string list_insert(const std::string& key, int index, const std::string& value,
                          const Create& create);
  // `removal`: "", "delete" or "drop"; `tell`: as get does.
  std::string list_take(const std::string& key, int from, int to, const std::string& removal,
                        bool tell);

  std::string put(const std::string& key, char type, const std::string& name,
                  const std::string& value, bool replace, const Create& create);
  std::string update(const std::string& key, const std::string& field, const std::string& value);
  std::string exist(const std::string& key, const std::string& value) const;
  // Empty: all.
  std::string take(const std::string& key, char type, const std::vector<std::string>& names,
                   const std::string& removal, bool tell);

  std::string bop_insert(const std::string& key, const ModelBkey& bkey,
                         const ModelElement& element, bool replace, bool get_trimmed,
                         const Create& create);
  std::string bop_update(const std::string& key, const ModelBkey& bkey,
                         const std::optional<std::string>& eflag,
                         const std::optional<std::string>& value);
  std::string bop_get(const std::string& key, const ModelChoice& choice,
                      const std::string& removal);
  std::string bop_delete(const std::string& key, const ModelChoice& choice,
                         const std::string& removal);
  std::string bop_count(const std::string& key, const ModelChoice& choice) const;
  std::string bop_position(const std::string& key, const ModelBkey& bkey, bool ascending) const;
  std::string bop_gbp(const std::string& key, bool ascending, std::size_t from,
                      std::size_t to) const;
  std::string bop_mget(const std::vector<std::string>& keys, const ModelChoice& choice);
  std::string bop_smget(const std::vector<std::string>& keys, const ModelChoice& choice,
                        bool unique) const;

 private:
  struct Item {
    char type = 'l';
    ModelAttributes attributes;
    std::vector<std::string> list;
    std::map<std::string, ModelElement> elements;  // by value, field, or bkey
    std::optional<bool> is_number;                 // its bkeys
    std::optional<ModelBkey> range;
    bool trimmed = false;

    std::size_t size() const { return type == 'l' ? list.size() : elements.size(); }
  };
  using Elements = std::map<std::string, ModelElement>;

  Item* find(const std::string& key, char type, std::string& why);
  const Item* find_to_read(const std::string& key, char type, std::string& why) const;
  std::string insert(const std::string& key, char type, const Create& create,
                     const std::function<std::string(Item&)>& insert);
  std::string removed(const std::string& key, const std::string& removal);
  static std::string bop_line(const Item& item, Elements::const_iterator element);
  static bool fits(const Item& item, const ModelBkey& bkey);
  static std::string check(const Item& item, const ModelBkey& bkey, bool& by_range);
  // What was chosen; `trimmed`: there may be more.
  static std::vector<Elements::const_iterator> choose(const Item& item, const ModelChoice& choice,
                                                      bool& trimmed);
  std::string bop_read(const std::string& key, const ModelChoice& choice, const std::string& head,
                       const std::string& prefix, std::string& ending) const;

  std::map<std::string, Item> items_;
};

}  // namespace arcus::tests
