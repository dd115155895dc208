#include "daemon/command/key_dump.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/log.h"
#include "daemon/command/attributes.h"
#include "daemon/command/prefix.h"

namespace arcus::daemon {
namespace {

constexpr std::size_t kWriteFrom = 64 * 1024;

std::string line_of(const ItemView& item) {
  std::string line(1, type_letter(type_of(item)));
  line += ' ';
  line += item.key;
  line += ' ';
  line += item.expires == kSticky ? "-1" : std::to_string(item.expires);
  return line + '\n';
}

}  // namespace

Status KeyDump::start(Store& store, std::function<Seconds()> now, Options options) {
  if (walk_.running()) return invalid("a dump is under way already");
  UniqueFd file(open(options.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
  if (!file) return errno_error("opening the dump file " + options.path, errno);
  {
    const std::lock_guard lock(mutex_);
    // Somebody else may have been faster than the look above.
    if (state_.running) return invalid("a dump is under way already");
    state_ = State();
    state_.running = true;
    state_.options = std::move(options);
    state_.started = now();
  }
  file_ = std::move(file);
  cursor_ = 0;
  failed_ = false;
  const bool started = walk_.start([this, &store, now] { return dump_some(store, now()); },
                                   [this, now](bool stopped) { finish(stopped, now()); });
  if (started) return {};
  const std::lock_guard lock(mutex_);
  state_.running = false;
  return invalid("the last dump is about to end");
}

bool KeyDump::dump_some(Store& store, Seconds now) {
  const State state = this->state();
  const auto& prefix = state.options.prefix;
  std::uint64_t dumped = 0;
  std::uint64_t seen = 0;
  for (int i = 0; i < kBucketsAtOnce; ++i) {
    cursor_ = store.scan(cursor_, now, [&](const ItemView& item, std::uint64_t) {
      ++seen;
      if (prefix && !in_prefix(item.key, *prefix, state.options.delimiter)) return;
      ++dumped;
      buffer_ += line_of(item);
    });
    if (cursor_ == 0) break;
  }
  if (buffer_.size() >= kWriteFrom && !write_out()) return false;
  const std::lock_guard lock(mutex_);
  state_.dumped += dumped;
  state_.seen += seen;
  return cursor_ != 0;
}

bool KeyDump::write_out() {
  const auto size = static_cast<ssize_t>(buffer_.size());
  failed_ = failed_ || write(file_.get(), buffer_.data(), buffer_.size()) != size;
  if (failed_) log::warning("the dump cannot be written");
  buffer_.clear();
  return !failed_;
}

void KeyDump::finish(bool stopped, Seconds now) {
  const State state = this->state();
  const auto& prefix = state.options.prefix;
  if (!stopped && !failed_) {
    const std::string name = !prefix           ? "<all>"
                             : prefix->empty() ? std::string(kNullPrefix)
                                               : *prefix;
    buffer_ += "DUMP SUMMARY: { prefix=" + name + ", count=" + std::to_string(state.dumped) +
               ", total=" + std::to_string(state.seen) +
               " elapsed=" + std::to_string(now - state.started) + " }\n";
    write_out();
  }
  buffer_ = {};
  file_.reset();
  const std::lock_guard lock(mutex_);
  state_.success = !stopped && !failed_;
  state_.stopped = now;
  state_.running = false;
}

KeyDump::State KeyDump::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

}  // namespace arcus::daemon
