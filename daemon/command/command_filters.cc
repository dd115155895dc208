#include "daemon/command/command_filters.h"

#include <algorithm>

#include "daemon/command/command.h"
#include "daemon/command/pattern.h"

namespace arcus::daemon {
namespace {

// Verb and subcommand, and the words that are keys.
struct LineParts {
  std::string_view verb;
  std::string_view subcommand;
  Words keys{{}};
  bool many = false;  // all those words, and not only the first
};

// Commands whose keys follow the line have none in it.
LineParts parts_of(std::string_view line) {
  LineParts parts;
  Words words(line);
  parts.verb = words.next();
  const Command* const command = find_command(parts.verb);
  const Shape shape = command != nullptr ? command->shape : Shape::kOther;
  if (shape == Shape::kCollection) {
    parts.subcommand = words.next();
    if (parts.subcommand == "mget" || parts.subcommand == "smget") return parts;
  }
  if (shape >= Shape::kKey) parts.keys = words;
  parts.many = shape == Shape::kKeyList;
  return parts;
}

bool is_command(const LineParts& parts, std::string_view wanted) {
  Words words(wanted);
  if (words.next() != parts.verb) return false;
  const std::string_view subcommand = words.next();
  return subcommand.empty() || subcommand == parts.subcommand;
}

bool has_key(const LineParts& parts, std::string_view pattern) {
  Words keys = parts.keys;
  do {
    const std::string_view key = keys.next();
    if (key.empty()) return false;
    if (matches(pattern, key)) return true;
  } while (parts.many);
  return false;
}

}  // namespace

bool CommandFilters::add(CommandFilter filter) {
  const std::lock_guard lock(mutex_);
  if (filters_.size() == kMost) return false;
  filters_.push_back(std::move(filter));
  return true;
}

bool CommandFilters::remove(std::size_t index) {
  const std::lock_guard lock(mutex_);
  if (index >= filters_.size()) return false;
  filters_.erase(filters_.begin() + static_cast<std::ptrdiff_t>(index));
  return true;
}

void CommandFilters::clear() {
  const std::lock_guard lock(mutex_);
  filters_.clear();
}

std::string CommandFilters::list_text() const {
  const std::lock_guard lock(mutex_);
  std::string text =
      "(" + std::to_string(filters_.size()) + " / " + std::to_string(kMost) + ")\n";
  for (std::size_t i = 0; i < filters_.size(); ++i) {
    const CommandFilter& filter = filters_[i];
    text += std::to_string(i) + ".";
    if (!filter.command.empty()) text += " command = " + filter.command;
    if (!filter.command.empty() && !filter.key.empty()) text += ",";
    if (!filter.key.empty()) text += " key = " + filter.key;
    text += "\n";
  }
  return text;
}

bool CommandFilters::want(std::string_view line) const {
  const std::lock_guard lock(mutex_);
  if (filters_.empty()) return true;
  const LineParts parts = parts_of(line);
  return std::any_of(filters_.begin(), filters_.end(), [&](const CommandFilter& filter) {
    return (filter.command.empty() || is_command(parts, filter.command)) &&
           (filter.key.empty() || has_key(parts, filter.key));
  });
}

}  // namespace arcus::daemon
