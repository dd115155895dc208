#include "core/report/table.h"

#include <algorithm>

namespace arcus::report {

Table::Table(const std::vector<std::string>& headings) {
  std::vector<std::string> shown;
  for (const auto& heading : headings) {
    right_.push_back(heading.starts_with('>'));
    shown.push_back(right_.back() ? heading.substr(1) : heading);
  }
  rows_.push_back(std::move(shown));
}

void Table::add(std::vector<std::string> row) {
  row.resize(right_.size());
  rows_.push_back(std::move(row));
}

std::string Table::text() const {
  std::vector<std::size_t> widths(right_.size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - row[i].size(), ' ');
      if (i > 0) line += "  ";
      line += right_[i] ? padding + row[i] : row[i] + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace arcus::report
