#include "tests/bench/load/replies.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace arcus::bench {
namespace {

using Events = std::vector<std::string>;

std::string name_of(const ReplyEvent& event) {
  switch (event.reply) {
    case Reply::kValue:
      return "value " + std::string(event.text) + " " + std::to_string(event.size);
    case Reply::kValueEnd:
      return "value-end";
    case Reply::kEnd:
      return "end";
    case Reply::kDone:
      return "done";
    case Reply::kNotDone:
      return "not-done";
    case Reply::kError:
      return "error " + std::string(event.text);
    case Reply::kNonsense:
      return "nonsense";
    default:
      return "?";
  }
}

// What a parser makes of `text` arriving in pieces of `piece` bytes; pieces of data are put
// together.
Events parse(const std::string& text, std::size_t piece, bool value_is_reply = false) {
  ReplyParser parser(value_is_reply);
  Events events;
  std::string pending;
  std::string data;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    pending += text.substr(at, piece);
    std::string_view bytes = pending;
    while (true) {
      const ReplyEvent event = parser.next(bytes);
      if (event.reply == Reply::kNeedMore) break;
      if (event.reply == Reply::kData) {
        data += event.text;
        continue;
      }
      if (event.reply == Reply::kValueEnd) events.push_back("data " + data);
      if (event.reply == Reply::kValueEnd) data.clear();
      events.push_back(name_of(event));
      if (event.reply == Reply::kNonsense) return events;
    }
    pending = bytes;
  }
  if (!pending.empty()) events.push_back("left: " + pending);
  return events;
}

TEST(ReplyParser, MakesTheSameOfTheTextProtocolHoweverItArrives) {
  const std::string text =
      "STORED\r\nVALUE a 0 5\r\nEND\r\n\r\nVALUE bb 7 0 99\r\n\r\nEND\r\nEND\r\nNOT_STORED\r\n"
      "SERVER_ERROR out of memory\r\nDELETED\r\nNOT_FOUND\r\nERROR\r\n";
  const Events whole = {"done",
                        "value a 5",
                        "data END\r\n",
                        "value-end",
                        "value bb 0",
                        "data ",
                        "value-end",
                        "end",
                        "end",
                        "not-done",
                        "error SERVER_ERROR out of memory",
                        "done",
                        "not-done",
                        "error ERROR"};
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    EXPECT_EQ(parse(text, piece), whole) << "in pieces of " << piece;
  }
}

TEST(ReplyParser, MakesTheSameOfMetaRepliesHoweverTheyArrive) {
  const std::string text = "HD\r\nVA 3 kab t-1\r\n\r\n\n\r\nEN\r\nNS\r\nVA 1\r\nx\r\n";
  const Events single = {"done",     "value ab 3", "data \r\n\n", "value-end", "end", "end",
                         "not-done", "value  1",   "data x",      "value-end", "end"};
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    EXPECT_EQ(parse(text, piece, true), single) << "in pieces of " << piece;
  }
  const Events several = {"value k1 1", "data x", "value-end", "end"};
  EXPECT_EQ(parse("VA 1 kk1\r\nx\r\nMN\r\n", 4), several);
}

TEST(ReplyParser, KnowsAValueThatIsLongerOrShorterThanItsLineSays) {
  EXPECT_EQ(parse("VALUE a 0 3\r\nabcd\r\nEND\r\n", 100).back(), "nonsense");
  EXPECT_EQ(parse("VALUE a 0 3\r\nab\r\nEND\r\n", 100).back(), "nonsense");
}

TEST(ReplyParser, KnowsNonsense) {
  for (const char* text : {"HELLO\r\n", "\r\n", "END\n", "STORE\r\n", "VALUE a 0\r\n",
                           "VALUE a 0 -1\r\n", "VALUE a 0 x\r\n", "VA\r\n", "END \n"}) {
    EXPECT_EQ(parse(text, 100), Events{"nonsense"}) << text;
  }
  EXPECT_EQ(parse(std::string(100000, 'x'), 1000), Events{"nonsense"});
}

TEST(ReplyParser, LeavesWhatIsNotWhole) {
  EXPECT_EQ(parse("STORED\r\nSTOR", 100), (Events{"done", "left: STOR"}));
  EXPECT_EQ(parse("VALUE a 0 2\r\nab\r", 100), (Events{"value a 2", "left: \r"}));
}

}  // namespace
}  // namespace arcus::bench
