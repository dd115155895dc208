// Cuts what a server sends into replies, however the bytes arrive: a value is handed on in the
// pieces it comes in, a line only when it is whole. Knows the replies of the text and the meta
// commands.
//
// A ReplyParser belongs to one connection; its views point into the bytes it was given.
#pragma once

#include <cstddef>
#include <string_view>

namespace arcus::bench {

enum class Reply {
  kNeedMore,  // nothing whole is left of the bytes
  kValue,     // a value begins: key (if the server says) and size
  kData,      // a piece of it
  kValueEnd,  // it was as long as its line said
  // The rest each answer a request.
  kEnd,      // END, EN, MN: no (more) values
  kDone,     // STORED, DELETED, HD
  kNotDone,  // NOT_STORED, EXISTS, NOT_FOUND, NS, EX, NF
  kError,    // ERROR, CLIENT_ERROR, SERVER_ERROR
  kNonsense  // what no server should send: the connection is of no more use
};

struct ReplyEvent {
  Reply reply = Reply::kNeedMore;
  std::string_view text;  // kValue: the key; kData: the piece; otherwise the line
  std::size_t size = 0;   // kValue
};

class ReplyParser {
 public:
  // With `value_is_reply` a value ends a request's reply (a single mg): then kValueEnd is followed
  // by a kEnd.
  explicit ReplyParser(bool value_is_reply) : value_is_reply_(value_is_reply) {}

  // The next event in `bytes`, which loses what has been dealt with. What is left at kNeedMore has
  // to be there again, with more behind it, at the next call.
  ReplyEvent next(std::string_view& bytes);

 private:
  enum class Expect { kLine, kData, kLineEnd, kMadeUpEnd };

  ReplyEvent line(std::string_view text);
  ReplyEvent value_line(std::string_view text, bool meta);

  bool value_is_reply_;
  Expect expect_ = Expect::kLine;
  std::size_t left_ = 0;  // of the value
};

}  // namespace arcus::bench
