// A Lane: one host's thread, transport and queue. Tasks run in the order they were posted, on the
// lane's thread only, which is what libssh asks for. Owned by the Executor.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "core/exec/executor.h"

namespace arcus::exec {

class Lane {
 public:
  Lane(std::string host, TransportFactory connect);
  ~Lane();  // ends after the tasks posted so far

  void post(std::function<void()> task);

  // The host's transport, connected; the first call connects. The lane's thread only.
  Result<Transport*> transport();

 private:
  void work();

  const std::string host_;
  const TransportFactory connect_;
  std::unique_ptr<Transport> transport_;
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> tasks_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace arcus::exec
