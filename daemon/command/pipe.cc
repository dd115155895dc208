#include "daemon/command/pipe.h"

#include "daemon/command/command.h"

namespace arcus::daemon {
namespace {

// The client has to look at what it sent: nothing that follows can be relied on.
bool is_severe(std::string_view text) {
  return text.starts_with("CLIENT_ERROR") || text.starts_with("SERVER_ERROR") ||
         text.starts_with("ERROR");
}

}  // namespace

bool Pipe::add(std::string_view text, bool last) {
  if (answers_.size() + text.size() >= kMostBytes) {
    error_ = "memory overflow";
    return false;
  }
  answers_ += text;
  ++count_;
  if (count_ >= kMostCommands && !last) {
    error_ = "command overflow";
  } else if (is_severe(text)) {
    error_ = "bad error";
  }
  return error_ == nullptr && !last;
}

void Pipe::tell(Reply& reply) {
  reply.add("RESPONSE ");
  reply.add_number(count_);
  reply.add("\r\n");
  reply.add(answers_);
  answers_ = {};
  if (error_ == nullptr) return reply.add("END\r\n");
  reply.add("PIPE_ERROR ");
  reply.add(error_);
  reply.add("\r\n");
}

bool may_run(Call& call, Ending ending) {
  const Pipe* const pipe = call.session.pipe();
  if (pipe == nullptr || !pipe->broken()) return true;
  if (ending == Ending::kReply) call.session.close_pipe();
  return false;
}

Progress answer(Call& call, Ending ending, std::string_view text) {
  Pipe* pipe = call.session.pipe();
  const bool last = ending == Ending::kReply;
  // Whoever did not get as far as may_run() finds the rest of a pipeline that is over, too.
  const bool over = pipe != nullptr && pipe->broken();
  if (over) call.session.close_pipe();
  if (pipe == nullptr || over) {
    if (over || ending != Ending::kPipe) return say(call, text, !last);
    pipe = &call.session.open_pipe();
  }
  if (pipe->add(text, last)) return Progress::kDone;
  pipe->tell(call.reply);
  if (last) call.session.close_pipe();
  return Progress::kDone;
}

}  // namespace arcus::daemon
