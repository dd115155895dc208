#include "tests/bench/misses/patterns.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "tests/bench/load/distribution.h"
#include "tests/bench/load/random.h"

namespace arcus::bench::misses {
namespace {

constexpr double kExponent = 0.99;
constexpr std::uint64_t kZipfKeys = 4;  // times what memcached keeps

// Keys of one trace that must not meet live in spaces of their own.
constexpr std::uint64_t kSpace = std::uint64_t{1} << 48;

Distribution zipf(const PatternOptions& options) {
  return Distribution::zipf(static_cast<std::uint32_t>(options.keeps * kZipfKeys), kExponent);
}

class MadeUp : public Trace {
 public:
  explicit MadeUp(const PatternOptions& options)
      : keeps_(options.keeps),
        random_(options.seed),
        left_(options.requests),
        sizes_(options.sizes) {}

  bool next(Request& request) final {
    if (left_ == 0) return false;
    --left_;
    request.key = next_key();
    request.key_size = sizes_.key;
    request.value_size = sizes_.value_of(request.key);
    return true;
  }

 protected:
  virtual std::uint64_t next_key() = 0;

  const std::uint64_t keeps_;
  Random random_;

 private:
  std::uint64_t left_;
  Sizes sizes_;
};

class ZipfTrace : public MadeUp {
 public:
  explicit ZipfTrace(const PatternOptions& options) : MadeUp(options), zipf_(zipf(options)) {}

 protected:
  std::uint64_t next_key() override { return zipf_.next(random_); }

 private:
  Distribution zipf_;
};

// Four of ten requests are for keys that never come again.
class OneHitTrace final : public ZipfTrace {
 public:
  using ZipfTrace::ZipfTrace;

 private:
  std::uint64_t next_key() override {
    return random_.fraction() < 0.4 ? kSpace + once_++ : ZipfTrace::next_key();
  }
  std::uint64_t once_ = 0;
};

// Half of the time somebody reads a big table from one end to the other beside the usual requests:
// one scan is as long as the cache is large, the table three times that.
class ScanTrace final : public ZipfTrace {
 public:
  using ZipfTrace::ZipfTrace;

 private:
  std::uint64_t next_key() override {
    const std::uint64_t period = 4 * keeps_;
    const std::uint64_t at = tick_++ % period;
    const bool scanning = at >= period / 2 && at % 2 == 0;
    return scanning ? kSpace + row_++ % (3 * keeps_) : ZipfTrace::next_key();
  }
  std::uint64_t tick_ = 0;
  std::uint64_t row_ = 0;
};

// Every so many cache sizes (in percent) one of twenty keys, whichever, is taken by another key.
template <int kPercent>
class DriftTrace final : public MadeUp {
 public:
  explicit DriftTrace(const PatternOptions& options)
      : MadeUp(options), zipf_(zipf(options)), key_of_(keeps_ * kZipfKeys) {
    std::iota(key_of_.begin(), key_of_.end(), 0);
  }

 private:
  std::uint64_t next_key() override {
    if (++tick_ % std::max<std::uint64_t>(keeps_ * kPercent / 100, 1) == 0) drift();
    return key_of_[zipf_.next(random_)];
  }
  void drift() {
    const auto count = static_cast<std::uint32_t>(key_of_.size());
    for (std::uint32_t place = random_.below(20); place < count; place += 20) {
      std::swap(key_of_[place], key_of_[random_.below(count)]);
    }
  }

  Distribution zipf_;
  std::vector<std::uint32_t> key_of_;
  std::uint64_t tick_ = 0;
};

class UniformTrace final : public MadeUp {
 public:
  using MadeUp::MadeUp;

 private:
  std::uint64_t next_key() override {
    return random_.below(static_cast<std::uint32_t>(2 * keeps_));
  }
};

template <int kPercent>
class LoopTrace final : public MadeUp {
 public:
  using MadeUp::MadeUp;

 private:
  std::uint64_t next_key() override { return tick_++ % (keeps_ * kPercent / 100 + 1); }
  std::uint64_t tick_ = 0;
};

template <typename T>
std::unique_ptr<Trace> make(const PatternOptions& options) {
  return std::make_unique<T>(options);
}

}  // namespace

const std::vector<Pattern>& all_patterns() {
  static const std::vector<Pattern> kPatterns = {
      {"zipf", "Zipf 0.99 over 4 times as many keys as memcached keeps", make<ZipfTrace>},
      {"onehit", "the same, and 40 % of the requests for keys that never come again",
       make<OneHitTrace>},
      {"scan", "Zipf 0.99 and, a quarter of the requests, scans over a table of 3 times the cache",
       make<ScanTrace>},
      {"drift", "Zipf 0.99, a twentieth of the keys becomes another once a cache size of requests",
       make<DriftTrace<100>>},
      {"drift-fast", "the same, four times as often: gone before a FIFO queue is through",
       make<DriftTrace<25>>},
      {"uniform", "every key of 2 times the cache as likely as the other", make<UniformTrace>},
      {"loop-1.1", "a loop over 1.1 times as many keys as memcached keeps", make<LoopTrace<110>>},
      {"loop-1.5", "a loop over 1.5 times as many keys as memcached keeps", make<LoopTrace<150>>},
  };
  return kPatterns;
}

const Pattern* find_pattern(std::string_view name) {
  for (const Pattern& pattern : all_patterns()) {
    if (pattern.name == name) return &pattern;
  }
  return nullptr;
}

}  // namespace arcus::bench::misses
