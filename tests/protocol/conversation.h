// Conversations: text files that say what a client sends and what it must get back, byte for byte.
//
//   # a comment
//   !server -g 1          options of the server that is started for it
//   !peer no: <why>       not to be played against memcached
//   !ours: <why>          the steps from here on are not for memcached,
//   !both                 until here
//   !wait 1100            milliseconds
//   > get foo             sends the line and CR LF
//   >| half a li          sends it without CR LF
//   < END                 expects the line and CR LF
//   <ours OK              expects it of our engine only,
//   <peer HD              of memcached only
//   <... END              passes over lines until this one
//   <EOF                  expects that the server closes
//
// \r \n \\ and \xHH stand for bytes, {x*1000} for repetition. $name$ in an expected line takes the
// word that stands there (digits of a CAS id, say), and stands for it from then on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace arcus::tests {

struct Conversation {
  enum class Kind { kSend, kExpect, kSkipTo, kExpectEnd, kWait };
  struct Step {
    Kind kind;
    std::string text;  // unescaped, with its CR LF
    int line;
    bool ours = true;  // whom it is for
    bool peer = true;
  };
  std::string path;
  std::vector<std::string> server_arguments;
  bool for_peer = true;  // as a whole
  std::vector<Step> steps;
};

// Throws std::runtime_error naming file and line for anything it does not understand.
Conversation load_conversation(const std::string& path);
// Empty when all went as written, else what differed and where.
std::string play(const Conversation& conversation, std::uint16_t port, bool peer);

}  // namespace arcus::tests
