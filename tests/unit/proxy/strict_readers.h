#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace demo::test {

// A message as another strict parser reads it. Field names in lower case.
struct ReadMessage {
  std::string start;  // "GET /target" or "200"
  std::string body;
  std::vector<std::pair<std::string, std::string>> fields;
  bool operator==(const ReadMessage&) const = default;

  bool has(std::string_view name) const;
  std::string value(std::string_view name) const;
};

// What a parser makes of a whole byte stream.
struct Reading {
  std::vector<ReadMessage> messages;  // complete ones
  bool refused = false;               // the rest is not HTTP for it
  bool unknown_method = false;        // so it is because of a method that it does not know
  bool partial = false;               // it ends in the middle of a message
  bool operator==(const Reading&) const = default;
};

enum class MessageKind { kRequest, kResponse };

// Boost.Beast.
Reading read_with_beast(MessageKind kind, std::string_view bytes);
// llhttp, strict: Node.js's parser.
Reading read_with_llhttp(MessageKind kind, std::string_view bytes);

}  // namespace demo::test
