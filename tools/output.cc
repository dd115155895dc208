#include "tools/output.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "core/base/text.h"
#include "core/report/outcomes.h"

namespace arcus::tools {
namespace {

bool color_on(const Flags& flags, int descriptor) {
  const char* no_color = std::getenv("NO_COLOR");
  return flags.color && (no_color == nullptr || *no_color == '\0') && ::isatty(descriptor) == 1;
}

}  // namespace

Output::Output(const Flags& flags)
    : json_(flags.json),
      quiet_(flags.quiet),
      verbose_(flags.verbose),
      terminal_(::isatty(STDERR_FILENO) == 1),
      style_{color_on(flags, STDOUT_FILENO)},
      error_style_{color_on(flags, STDERR_FILENO)} {}

void Output::result(const std::string& text) {
  end_progress();
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

void Output::say(const std::string& line) {
  if (quiet_ || json_) return;
  end_progress();
  std::fprintf(stderr, "%s\n", line.c_str());
}

void Output::error(const std::string& message) {
  end_progress();
  std::fprintf(stderr, "%s %s\n", error_style_.bad("arcus:").c_str(), message.c_str());
}

void Output::progress(const exec::Progress& progress) {
  if (quiet_ || json_) return;
  const plan::Outcome* finished = progress.finished;
  if (finished != nullptr && worth_a_line(*finished, progress.looks_only)) {
    end_progress();
    if (progress.stage != stage_) {
      std::fprintf(stderr, "%s\n", error_style_.bold(progress.stage).c_str());
      stage_ = progress.stage;
    }
    std::fprintf(stderr, "  %s\n", report::outcome_line(*finished, error_style_).c_str());
  }
  if (terminal_ && progress.hosts_done < progress.hosts) draw(progress);
}

bool Output::worth_a_line(const plan::Outcome& finished, bool looks_only) const {
  if (verbose_) return true;
  if (finished.state == plan::State::kUnchanged) return !finished.detail.empty();
  return finished.state != plan::State::kDone || !looks_only;
}

void Output::draw(const exec::Progress& progress) {
  std::string line = "  " + progress.stage + ": " + std::to_string(progress.hosts_done) + " of " +
                     std::to_string(progress.hosts) + " hosts done";
  if (progress.bytes > 0) {
    line += ", " + format_bytes(progress.bytes_done) + " of " + format_bytes(progress.bytes);
  }
  std::fprintf(stderr, "\r\033[K%s", line.c_str());
  std::fflush(stderr);
  drawn_ = true;
}

void Output::end_progress() {
  if (drawn_) std::fputs("\r\033[K", stderr);
  drawn_ = false;
}

}  // namespace arcus::tools
