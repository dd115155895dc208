// Commands driven without a socket: bytes in, reply out. A Speaker is one connection's part of it;
// several may speak to one engine from threads of their own.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>

#include "daemon/command/command.h"

namespace arcus::daemon {

class FakeClock : public Clock {
 public:
  Steady now() const override { return Steady(std::chrono::seconds(100) + passed); }
  Wall wall() const override { return Wall(std::chrono::seconds(1'700'000'000)); }
  std::chrono::seconds passed{0};
};

class Speaker {
 public:
  explicit Speaker(Engine& engine) : engine_(engine), stats_(engine.new_thread_stats()) {}

  // A line alone.
  Progress start(const std::string& line) { return start_before(line, {}); }
  // A line and all that has arrived after it; taken() tells whether a body was taken of that.
  Progress start_before(const std::string& line, const std::string& after) {
    text_ = line + "\r\n" + after;
    const Parsed parsed = parser_.parse(text_);
    Request request(parsed.request);
    Session::look_ahead(engine_, std::string_view(text_).substr(parsed.consumed), request);
    Call call = make_call();
    const Progress progress = session_.start(call, request);
    taken_ = call.body_taken;
    return progress;
  }
  bool taken() const { return taken_; }
  Progress resume() {
    Call call = make_call();
    return session_.resume(call);
  }
  Progress body(const std::string& bytes) {
    EXPECT_EQ(session_.body().left, bytes.size());
    if (session_.body().at != nullptr) std::memcpy(session_.body().at, bytes.data(), bytes.size());
    session_.arrived(bytes.size());
    EXPECT_TRUE(session_.body_complete());
    Call call = make_call();
    return session_.finish_body(call);
  }
  std::string said() {
    std::string text;
    while (!reply_.empty()) {
      std::array<iovec, 16> entries;
      const int count = reply_.gather(entries.data(), 16);
      std::size_t size = 0;
      for (int i = 0; i < count; ++i) {
        text.append(static_cast<const char*>(entries[i].iov_base), entries[i].iov_len);
        size += entries[i].iov_len;
      }
      reply_.sent(size);
    }
    return text;
  }

  // The whole answer to a request that has no body, or all of it behind its line.
  std::string ask(const std::string& line, const std::string& after = {}) {
    Progress progress = start_before(line, after);
    std::string text = said();
    while (progress == Progress::kYield) {
      progress = resume();
      text += said();
    }
    EXPECT_EQ(progress, Progress::kDone);
    return text;
  }
  // A storage command whose value arrives later.
  std::string ask_later(const std::string& line, const std::string& value) {
    EXPECT_EQ(start(line), Progress::kNeedBody);
    EXPECT_EQ(body(value + "\r\n"), Progress::kDone);
    return said();
  }
  void set(const std::string& key, const std::string& value, const std::string& exptime = "0") {
    EXPECT_EQ(
        ask("set " + key + " 0 " + exptime + " " + std::to_string(value.size()), value + "\r\n"),
        "STORED\r\n");
  }
  std::string get(const std::string& key) {
    const std::string text = ask("mg " + key + " v");
    const auto line_end = text.find("\r\n");
    return text.starts_with("VA ") ? text.substr(line_end + 2, text.size() - line_end - 4) : "none";
  }

  Session& session() { return session_; }
  Reply& reply() { return reply_; }

 private:
  Call make_call() {
    return Call{engine_, stats_, engine_.now(), reply_, session_, engine_.attention()};
  }

  Engine& engine_;
  ThreadStats& stats_;
  Reply reply_;
  Session session_;
  RequestParser parser_;
  std::string text_;
  bool taken_ = false;
};

class CommandTest : public testing::Test {
 protected:
  CommandTest() : CommandTest(default_config()) {}
  explicit CommandTest(Config config)
      : engine_(std::move(config), "1.2.3", clock_), client_(engine_) {}

  static Config default_config() {
    Config config;
    config.sticky_mb = 1;
    return config;
  }

  FakeClock clock_;
  Engine engine_;
  Speaker client_;
};

}  // namespace arcus::daemon
