// Command pipelining: the answers of commands whose last word is `pipe` are kept, and told together
// when one comes without it. How a command takes part:
//
//   const Ending ending = ending_of(last_word);   // as soon as it has read its line's end
//   if (!may_run(call, ending)) ...               // its turn: passes over its body, and is done
//   return answer(call, ending, "STORED\r\n");    // instead of say(), for errors too
//
// A pipeline that had an error is over: it is told so at once, and what is left of it is not
// carried out. The pipe belongs to the session, and is there only while a pipeline is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/protocol/reply.h"

namespace arcus::daemon {

struct Call;
enum class Progress;

enum class Ending { kReply, kNoReply, kPipe };

inline Ending ending_of(std::string_view last_word) {
  if (last_word == "pipe") return Ending::kPipe;
  return last_word == "noreply" ? Ending::kNoReply : Ending::kReply;
}

// Whether the command is to be carried out: not when it belongs to a pipeline that is over. It then
// has no answer either.
bool may_run(Call& call, Ending ending);
Progress answer(Call& call, Ending ending, std::string_view text);

class Pipe {
 public:
  static constexpr std::size_t kMostCommands = 500;
  static constexpr std::size_t kMostBytes = kMostCommands * 40;  // of their answers

  // Whether more may follow; `last`: none does.
  bool add(std::string_view text, bool last);
  bool broken() const { return error_ != nullptr; }
  void tell(Reply& reply);  // once

 private:
  std::string answers_;
  std::size_t count_ = 0;
  const char* error_ = nullptr;  // what it is told
};

}  // namespace arcus::daemon
