#include "daemon/command/collection.h"

#include <algorithm>

namespace arcus::daemon {
namespace {

const Subcommand* find_subcommand(std::span<const Subcommand> table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const Subcommand& entry) { return entry.name == name; });
  return found != table.end() ? &*found : nullptr;
}

// The last word, where it says how to answer.
void take_manners(CollectionLine& line, Manners manners) {
  const Ending ending = ending_of(line.terms.last());
  const bool may_noreply = manners == Manners::kNoreply || manners == Manners::kNoreplyOrPipe;
  const bool may_pipe = manners == Manners::kPipe || manners == Manners::kNoreplyOrPipe;
  if (ending == Ending::kNoReply ? !may_noreply : !may_pipe) return;
  if (ending == Ending::kReply) return;
  line.ending = ending;
  line.terms.drop_last();
}

// With the value that follows it.
Progress pass_over(Call& call, const Request& request) {
  const auto size = collection_value_size(request.verb, request.arguments);
  return size ? swallow(call, request, *size) : Progress::kDone;
}

}  // namespace

Terms::Terms(std::string_view text) {
  Words source(text);
  for (auto word = source.next(); !word.empty(); word = source.next()) {
    if (size_ == kMost) {
      too_many_ = true;
      return;
    }
    words_[size_++] = word;
  }
}

Progress CollectionLine::answer_number(std::string_view word, std::uint64_t number) {
  constexpr std::size_t kMostWord = 16;
  std::array<char, kMostWord + kMostDigits + 2> text;
  char* const digits = text.data() + word.copy(text.data(), word.size());
  const char* const end = put(put_number(digits, number), "\r\n");
  return answer({text.data(), static_cast<std::size_t>(end - text.data())});
}

Progress CollectionLine::refuse(std::size_t size, std::string_view text) {
  answer(text);
  return request_ != nullptr ? swallow(call, *request_, size) : Progress::kDone;
}

Progress collection_value_arrived(Call& call) {
  auto& state = call.session.remembered<Receiving>();
  const char first = static_cast<char>(state.mode);
  const auto table = collection_subcommands({&first, 1});
  Terms terms(state.arguments);
  const Subcommand* const subcommand = find_subcommand(table, terms.take());
  CollectionLine line(call, nullptr, std::move(terms));
  const Received received = state.take();
  line.body_ = received.body;
  line.counts_ = &subcommand->counts;
  take_manners(line, subcommand->manners);
  if (subcommand->has_key) line.key = {line.terms.take(), state.hash};
  return subcommand->handler(call, line);
}

std::optional<Progress> CollectionLine::await_value(std::size_t size) {
  if (request_ == nullptr) return std::nullopt;
  if (request_->has_body) {
    body_ = call.take_body(*request_);
    return std::nullopt;
  }
  if (!receive(call, *request_, size, request_->verb.front(), collection_value_arrived)) {
    return refuse(size, kNoMemoryForCollection);
  }
  return Progress::kNeedBody;
}

Progress run_collection_command(Call& call, const Request& request,
                                std::span<const Subcommand> table) {
  Terms terms(request.arguments);
  const Subcommand* const subcommand =
      terms.empty() ? nullptr : find_subcommand(table, terms.take());
  CollectionLine line(call, &request, std::move(terms));
  if (subcommand == nullptr || line.terms.too_many()) return line.bad_line();
  line.counts_ = &subcommand->counts;
  take_manners(line, subcommand->manners);
  if (!may_run(call, line.ending)) return pass_over(call, request);
  if (!subcommand->has_key) return subcommand->handler(call, line);
  line.key = {line.terms.take(), request.hash};
  if (line.key.text.empty() || line.key.text.size() > kMaxKey) return line.bad_line();
  return subcommand->handler(call, line);
}

std::span<const Subcommand> collection_subcommands(std::string_view verb) {
  switch (verb.front()) {
    case 'l':
      return list_subcommands();
    case 's':
      return set_subcommands();
    case 'm':
      return map_subcommands();
    case 'b':
      return btree_subcommands();
    default:
      return {};
  }
}

std::optional<std::size_t> collection_value_size(std::string_view verb,
                                                 std::string_view arguments) {
  Terms terms(arguments);
  if (terms.empty() || terms.too_many()) return std::nullopt;
  const Subcommand* const subcommand =
      find_subcommand(collection_subcommands(verb), terms.take());
  if (subcommand == nullptr || subcommand->value_size == nullptr) return std::nullopt;
  return subcommand->value_size(terms);
}

std::string_view missing(const Access& item, CollectionType type) {
  if (!item) return kNotFound;
  if (item->collection == nullptr || item->collection->type() != type) return kTypeMismatch;
  return {};
}

std::string_view not_to_be_read(const Access& item, CollectionType type) {
  const std::string_view why = missing(item, type);
  if (why.empty() && !item->collection->options.readable) return kUnreadable;
  return why;
}

Progress create_collection(CollectionLine& line, CollectionType type) {
  const auto attributes = parse_attributes(line.call, line.terms, type);
  if (!attributes) return line.bad_line();
  Access item =
      line.call.engine.store().access_to_grow(line.key, Collection::room(), line.call.now);
  if (item) return line.answer("EXISTS\r\n");
  const StoreResult result =
      item.create(attributes->options, attributes->flags, attributes->expires);
  item.unlock();
  return line.answer(result == StoreResult::kStored ? "CREATED\r\n" : kNoMemoryForCollection);
}

std::string_view answer_of(CollectionResult result) {
  switch (result) {
    case CollectionResult::kOk:
      return "STORED\r\n";
    case CollectionResult::kReplaced:
      return "REPLACED\r\n";
    case CollectionResult::kElementExists:
      return "ELEMENT_EXISTS\r\n";
    case CollectionResult::kNoElement:
      return kNoElement;
    case CollectionResult::kOverflowed:
      return "OVERFLOWED\r\n";
    case CollectionResult::kOutOfRange:
      return "OUT_OF_RANGE\r\n";
    case CollectionResult::kBkeyMismatch:
      return "BKEY_MISMATCH\r\n";
    case CollectionResult::kEflagMismatch:
      return "EFLAG_MISMATCH\r\n";
    case CollectionResult::kNotNumeric:
      return kNotNumber;
    case CollectionResult::kNoMemory:
      break;
  }
  return kNoMemoryForCollection;
}

}  // namespace arcus::daemon
