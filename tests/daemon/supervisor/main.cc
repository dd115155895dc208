// The test binary is its own fake engine: with FAKE_ENGINE in its environment it behaves as that
// says (words separated by commas) instead of running tests.
//
//   listen        on 127.0.0.1 and the port of "-p PORT"
//   ready         say so on the readiness pipe
//   late          say so only once the file $FAKE_GATE exists
//   stubborn      ignore SIGTERM
//   serve         answer a supervisor's probes, NOT_READY while the file $FAKE_GATE exists
//   exit=N        end at once with that status
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "core/base/text.h"

namespace {

int port_of(int argc, char** argv) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], "-p") == 0) return std::atoi(argv[i + 1]);
  }
  return 0;
}

int listener = -1;

void listen_on(int port) {
  const int fd = listener = ::socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(fd, 5) != 0) {
    std::perror("fake engine: listen");
    std::exit(1);
  }
}

void say_ready(int port) {
  const char* fd = std::getenv("ARCUS_READY_FD");
  if (fd == nullptr) return;
  const std::string line = "ready 1a2b 127.0.0.1:" + std::to_string(port) + "-fake\n";
  if (::write(std::atoi(fd), line.data(), line.size()) < 0) std::exit(9);
  ::close(std::atoi(fd));
}

// "set KEY 0 60 N\r\nVALUE\r\nget KEY\r\nready\r\n", whole, and one connection after the other.
void answer(int connection) {
  std::string request;
  char piece[512];
  while (!request.ends_with("ready\r\n")) {
    const ssize_t got = ::read(connection, piece, sizeof piece);
    if (got <= 0) return;
    request.append(piece, static_cast<std::size_t>(got));
  }
  const auto value = arcus::split(request, '\n')[1];  // with its CR
  const char* gate = std::getenv("FAKE_GATE");
  const bool out = gate != nullptr && ::access(gate, F_OK) == 0;
  const std::string reply = "STORED\r\nVALUE k 0 " + std::to_string(value.size() - 1) + "\r\n" +
                            value + "\nEND\r\n" + (out ? "NOT_READY\r\n" : "READY\r\n");
  if (::write(connection, reply.data(), reply.size()) < 0) std::exit(9);
}

[[noreturn]] void serve() {
  while (true) {
    const int connection = ::accept(listener, nullptr, nullptr);
    if (connection < 0) std::exit(9);
    answer(connection);
    ::close(connection);
  }
}

int fake_engine(const std::string& words, int argc, char** argv) {
  const int port = port_of(argc, argv);
  std::printf("fake engine %d: %s\n", static_cast<int>(::getpid()), words.c_str());
  std::fflush(stdout);
  for (const auto& word : arcus::split(words, ',')) {
    if (word == "listen") listen_on(port);
    if (word == "stubborn") ::signal(SIGTERM, SIG_IGN);
    if (word == "late") {
      while (::access(std::getenv("FAKE_GATE"), F_OK) != 0) ::usleep(5'000);
      say_ready(port);
    }
    if (word == "ready") say_ready(port);
    if (word == "serve") serve();
    if (word.starts_with("exit=")) return std::atoi(word.c_str() + 5);
  }
  while (true) ::pause();
}

}  // namespace

int main(int argc, char** argv) {
  if (const char* words = std::getenv("FAKE_ENGINE")) return fake_engine(words, argc, argv);
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
