#include "core/exec/lane.h"

namespace arcus::exec {

Lane::Lane(std::string host, TransportFactory connect)
    : host_(std::move(host)), connect_(std::move(connect)), thread_([this] { work(); }) {}

Lane::~Lane() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  posted_.notify_one();
  thread_.join();
}

void Lane::post(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  posted_.notify_one();
}

Result<Transport*> Lane::transport() {
  if (transport_ == nullptr) {
    auto made = connect_(host_);
    if (!made.ok()) return made.error();
    if (auto connected = (*made)->connect(); !connected.ok()) return connected.error();
    transport_ = *std::move(made);
  }
  return transport_.get();
}

void Lane::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    posted_.wait(lock, [this] { return ending_ || !tasks_.empty(); });
    if (tasks_.empty()) break;
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
  transport_.reset();  // on the thread that used it
}

}  // namespace arcus::exec
