#include "tests/bench/load/cpu_time.h"

#include <filesystem>
#include <fstream>
#include <string>

namespace arcus::bench {

Result<Nanoseconds> cpu_time_of(int pid) {
  const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
  std::error_code error;
  Nanoseconds sum = 0;
  for (const auto& task : std::filesystem::directory_iterator(tasks, error)) {
    std::ifstream file(task.path() / "schedstat");
    Nanoseconds on_processor = 0;
    if (file >> on_processor) sum += on_processor;
  }
  if (error) return errno_error("reading " + tasks, error.value());
  return sum;
}

}  // namespace arcus::bench
