// What the operator sees: results on standard output, progress and errors on standard error. On a
// terminal, work under way is one line that is drawn over; elsewhere plain lines. Progress comes
// from the executor's threads, one at a time; the rest from main's.
#pragma once

#include <string>

#include "core/exec/executor.h"
#include "core/report/style.h"
#include "tools/flags.h"

namespace arcus::tools {

class Output {
 public:
  explicit Output(const Flags& flags);

  bool json() const { return json_; }
  const report::Style& style() const { return style_; }

  void result(const std::string& text);    // standard output, always
  void say(const std::string& line);       // what goes on; not with --quiet, nor in JSON
  void error(const std::string& message);  // standard error, always
  void progress(const exec::Progress& progress);
  void end_progress();

 private:
  bool worth_a_line(const plan::Outcome& finished, bool looks_only) const;
  void draw(const exec::Progress& progress);

  bool json_;
  bool quiet_;
  bool verbose_;
  bool terminal_;              // standard error is one
  report::Style style_;        // for standard output
  report::Style error_style_;  // for standard error
  bool drawn_ = false;
  std::string stage_;
};

}  // namespace arcus::tools
