#include "tests/bench/load/report.h"

#include <cstdio>

namespace arcus::bench {
namespace {

std::string number(double value, const char* format) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string us(double nanoseconds) {
  return number(nanoseconds / 1e3, "%.1f");
}

double per_second(const Outcome& outcome) {
  return static_cast<double>(outcome.requests) / outcome.seconds;
}

std::string quantiles_text(const Histogram& histogram) {
  return "p50 " + us(histogram.quantile(0.5)) + "  p99 " + us(histogram.quantile(0.99)) +
         "  p99.9 " + us(histogram.quantile(0.999)) + "  max " + us(histogram.max()) + "  mean " +
         us(histogram.mean());
}

std::string quantiles_json(const Histogram& histogram) {
  return "{\"p50\": " + us(histogram.quantile(0.5)) + ", \"p99\": " + us(histogram.quantile(0.99)) +
         ", \"p99.9\": " + us(histogram.quantile(0.999)) + ", \"max\": " + us(histogram.max()) +
         ", \"mean\": " + us(histogram.mean()) +
         ", \"count\": " + std::to_string(histogram.count()) + "}";
}

// `text` has been made printable; quotes and backslashes are left.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

}  // namespace

std::string report_text(const Options& options, const Outcome& outcome) {
  const Tally& tally = outcome.tally;
  std::string text = "requests      " + number(per_second(outcome), "%.0f") + " a second, " +
                     std::to_string(outcome.requests) + " in " + number(outcome.seconds, "%.2f") +
                     " s\n";
  if (outcome.server_cpu_us) {
    text += "server CPU    " + number(*outcome.server_cpu_us, "%.3f") + " us a request\n";
  }
  text += "client CPU    " + number(100 * outcome.client_busy, "%.0f") + " % of a processor\n";
  text += "latency, us   " + quantiles_text(tally.latency) + "\n";
  if (options.rate > 0) text += "sent late, us " + quantiles_text(tally.lag) + "\n";
  text += "all in all    " + std::to_string(tally.hits) + " hits, " + std::to_string(tally.misses) +
          " misses, " + std::to_string(tally.done) + " done, " + std::to_string(tally.not_done) +
          " not done, " + std::to_string(tally.errors) + " errors\n";
  if (tally.unanswered > 0) text += "unanswered    " + std::to_string(tally.unanswered) + "\n";
  if (tally.errors > 0) text += "first error   " + tally.first_error + "\n";
  if (options.verify) text += "wrong values  " + std::to_string(tally.wrong) + "\n";
  if (tally.wrong > 0) text += "first wrong   " + tally.first_wrong + "\n";
  return text;
}

std::string report_json(const Options& options, const Outcome& outcome) {
  const Tally& tally = outcome.tally;
  std::string text = "{\"requests\": " + std::to_string(outcome.requests) +
                     ", \"seconds\": " + number(outcome.seconds, "%.4f") +
                     ", \"per_second\": " + number(per_second(outcome), "%.1f");
  if (outcome.server_cpu_us) {
    text += ", \"server_cpu_us\": " + number(*outcome.server_cpu_us, "%.4f");
  }
  text += ", \"client_busy\": " + number(outcome.client_busy, "%.3f") +
          ", \"latency_us\": " + quantiles_json(tally.latency);
  if (options.rate > 0) text += ", \"sent_late_us\": " + quantiles_json(tally.lag);
  text += ", \"hits\": " + std::to_string(tally.hits) +
          ", \"misses\": " + std::to_string(tally.misses) +
          ", \"done\": " + std::to_string(tally.done) +
          ", \"not_done\": " + std::to_string(tally.not_done) +
          ", \"errors\": " + std::to_string(tally.errors) +
          ", \"unanswered\": " + std::to_string(tally.unanswered) +
          ", \"wrong\": " + std::to_string(tally.wrong);
  if (tally.errors > 0) text += ", \"first_error\": " + quoted(tally.first_error);
  if (tally.wrong > 0) text += ", \"first_wrong\": " + quoted(tally.first_wrong);
  return text + "}\n";
}

}  // namespace arcus::bench
