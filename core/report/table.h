// A text table: columns as wide as their widest cell, numbers to the right. Pure.
#pragma once

#include <string>
#include <vector>

namespace arcus::report {

class Table {
 public:
  // A heading that begins with '>' is a column of numbers, aligned right ('>' is not shown).
  explicit Table(const std::vector<std::string>& headings);
  void add(std::vector<std::string> row);
  std::string text() const;

 private:
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace arcus::report
